package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which seeds a test gets. */
class SeedsTest {
    @Test
    void theSameBuildHasTheSameSeeds() {
        assertThat(seeds(Map.of(), "a", 50))
                .isEqualTo(seeds(Map.of(), "a", 50))
                .doesNotHaveDuplicates()
                .hasSize(50);
    }

    @Test
    void eachTestHasItsOwnSeeds() {
        assertThat(seeds(Map.of(), "a", 50)).doesNotContain(seeds(Map.of(), "b", 50));
    }

    @Test
    void anotherBaseGivesOtherSeeds() {
        assertThat(seeds(Map.of(Seeds.BASE, "1"), "a", 50)).doesNotContain(seeds(Map.of(), "a", 50));
    }

    @Test
    void aGivenSeedIsTheOnlyOne() {
        assertThat(seeds(Map.of(Seeds.SEED, "-42", Seeds.RUNS, "9"), "a", 50)).containsExactly(-42);
    }

    @Test
    void moreRunsGoOnWhereFewerEnd() {
        assertThat(seeds(Map.of(Seeds.RUNS, "3"), "a", 10)).hasSize(30).startsWith(seeds(Map.of(), "a", 10));
    }

    @Test
    void whatIsNotANumberIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> seeds(Map.of(Seeds.SEED, "x1"), "a", 1))
                .withMessage("seed is not a whole number: x1");
        assertThatIllegalArgumentException().isThrownBy(() -> seeds(Map.of(Seeds.RUNS, "0"), "a", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> seeds(Map.of(), "a", 0));
    }

    private static long[] seeds(Map<String, String> settings, String test, int runs) {
        return new Seeds(name -> Optional.ofNullable(settings.get(name)))
                .of(test, runs)
                .toArray();
    }
}

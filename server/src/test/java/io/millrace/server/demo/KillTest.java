package io.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the demo kills. */
class KillTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10})
    void workersAndTheBrokerAreKilledMoreThanOnce(int workers) {
        List<Kill> plan = Kill.plan(workers);

        assertThat(plan).filteredOn(Kill::broker).hasSizeGreaterThan(1);
        assertThat(plan).filteredOn(kill -> kill.worker() != Kill.NONE).hasSizeGreaterThan(1);
        assertThat(plan).allSatisfy(kill -> assertThat(kill.worker()).isBetween(Kill.NONE, workers - 1));
        assertThat(plan).extracting(Kill::share).allSatisfy(share -> assertThat(share)
                .isBetween(0.1, 0.8));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneIsDueOnceItsShareIsReached(boolean published) {
        var kill = new Kill(published, 0.5, true, Kill.NONE);

        assertThat(kill.isDue(published ? 0.5 : 0, published ? 0 : 0.5)).isTrue();
        assertThat(kill.isDue(published ? 0.49 : 1, published ? 1 : 0.49)).isFalse();
    }
}

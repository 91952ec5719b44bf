package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** What a failure with a seed tells, and that it can be replayed. */
class SeedSourceTest {
    @Test
    void aFailureNamesItsSeed() {
        Event failure = failures(run(null)).get(0);

        assertThat(failure.getTestDescriptor().getDisplayName()).contains("-Dseed=" + seedOf(failure));
        assertThat(throwable(failure).getSuppressed()[0])
                .hasMessage(failure.getTestDescriptor().getDisplayName());
    }

    @Test
    void theTestRunsOncePerSeed() {
        EngineExecutionResults results = run(null);

        assertThat(results.testEvents().finished().count()).isEqualTo(20);
        assertThat(failures(results)).hasSizeBetween(1, 19);
    }

    @Test
    void theSeedOfAFailureReplaysIt() {
        String seed = seedOf(failures(run(null)).get(0));

        EngineExecutionResults replay = run(seed);

        assertThat(replay.testEvents().finished().count()).isEqualTo(1);
        assertThat(seedOf(failures(replay).get(0))).isEqualTo(seed);
    }

    private static EngineExecutionResults run(String seed) {
        EngineTestKit.Builder builder =
                EngineTestKit.engine("junit-jupiter").selectors(selectClass(OddSeedsFail.class));
        if (seed != null) {
            builder.configurationParameter(Seeds.SEED, seed);
        }
        return builder.execute();
    }

    private static List<Event> failures(EngineExecutionResults results) {
        return results.testEvents().failed().list();
    }

    private static String seedOf(Event failure) {
        return throwable(failure).getMessage();
    }

    private static Throwable throwable(Event failure) {
        return failure.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow();
    }

    /** Not found by the build, because it is nested and static. */
    static class OddSeedsFail {
        @ParameterizedTest
        @SeedSource(runs = 20)
        void oddSeedsFail(long seed) {
            if (seed % 2 != 0) {
                throw new IllegalStateException(Long.toString(seed));
            }
        }
    }
}

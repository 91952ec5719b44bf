package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * The guarantees of the engine under faults, from many seeds. A failure prints its seed; this runs it again:
 *
 * <pre>mvn -pl engine -am test -Dtest=EngineSimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dseed=…</pre>
 */
class EngineSimulationTest {
    private static final int LYING_DISKS = 40;
    private static final int SEEDS_REPEATED = 20;
    /** With fewer it may be that something was not met. */
    private static final int SEEDS_TO_JUDGE = 100;

    private static final SimulationTally TALLY = new SimulationTally();

    @ParameterizedTest
    @SeedSource(runs = 600)
    void nothingConfirmedIsLostAndNothingSettledComesBack(long seed) throws IOException {
        new EngineSimulation(seed, TALLY).run();
    }

    /** What is in memory when a run begins, and where, has no influence on it: others were there before the second. */
    @Test
    void aSeedRepeatsARunExactly() throws IOException {
        List<String> first = eventsOfSeeds();
        List<String> again = eventsOfSeeds();
        assertThat(again).isEqualTo(first).doesNotHaveDuplicates();
    }

    private static List<String> eventsOfSeeds() throws IOException {
        List<String> events = new ArrayList<>();
        for (long seed = 0; seed < SEEDS_REPEATED; seed++) {
            EngineSimulation simulation = new EngineSimulation(seed, new SimulationTally());
            simulation.run();
            events.add(simulation.events());
        }
        return events;
    }

    /** The simulation itself is tested: it must not pass where nothing is ever on stable storage. */
    @Test
    void aDiskWhoseSyncsDoNothingIsNoticed() throws IOException {
        int noticed = 0;
        for (long seed = 0; seed < LYING_DISKS; seed++) {
            EngineSimulation simulation = new EngineSimulation(seed, new SimulationTally());
            simulation.disk().faults().dropSyncs(true);
            try {
                simulation.run();
            } catch (AssertionError | IOException e) {
                noticed++;
            } finally {
                simulation.abandon();
            }
        }
        assertThat(noticed).isGreaterThan(LYING_DISKS * 3 / 4);
    }

    @AfterAll
    static void printWhatWasMet() {
        System.out.println("simulated: " + TALLY);
        assertThat(TALLY.seeds < SEEDS_TO_JUDGE || (TALLY.compactions > 0 && TALLY.extentsLeft > 0))
                .as("segments were written anew")
                .isTrue();
        assertThat(TALLY.seeds < SEEDS_TO_JUDGE || TALLY.transactions > 1_000)
                .as("transactions were committed")
                .isTrue();
        assertThat(TALLY.seeds < SEEDS_TO_JUDGE || (TALLY.overflowed > 100 && TALLY.refusals(Refusal.QUEUE_FULL) > 100))
                .as("queues were too long, or full")
                .isTrue();
        assertThat(TALLY.seeds < SEEDS_TO_JUDGE || TALLY.shared > 1_000)
                .as("queues shared bodies")
                .isTrue();
        assertThat(TALLY.seeds < SEEDS_TO_JUDGE || TALLY.duplicates > 100)
                .as("duplicates were published")
                .isTrue();
        assertThat(TALLY.seeds < SEEDS_TO_JUDGE || TALLY.hasMet(100))
                .as("messages died for any reason")
                .isTrue();
        assertThat(TALLY.seeds < SEEDS_TO_JUDGE || (TALLY.movesInDoubt > 20 && TALLY.sentBack > 100))
                .as("messages were moved, and it was open whether they were")
                .isTrue();
        assertThat(TALLY.seeds < SEEDS_TO_JUDGE || TALLY.selected > 1_000)
                .as("messages were selected")
                .isTrue();
    }
}

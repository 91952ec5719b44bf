package io.millrace.engine;

import io.millrace.testkit.SeedSource;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * The guarantees of the engine under faults, from many seeds. A failure prints its seed; this runs it again:
 *
 * <pre>mvn -pl engine -am test -Dtest=EngineSimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dseed=…</pre>
 */
class EngineSimulationTest {
    private static final SimulationTally TALLY = new SimulationTally();

    @ParameterizedTest
    @SeedSource(runs = 600)
    void nothingConfirmedIsLostAndNothingSettledComesBack(long seed) throws IOException {
        new EngineSimulation(seed, TALLY).run();
    }

    @AfterAll
    static void printWhatWasMet() {
        System.out.println("simulated: " + TALLY);
    }
}

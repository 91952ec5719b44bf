package io.millrace.storage.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import org.junit.jupiter.params.ParameterizedTest;

/** An index does what a sorted set in memory does, whatever happens around it. */
class OrderedIndexModelTest {
    @ParameterizedTest
    @SeedSource(runs = 200)
    void itIsASortedSet(long seed) throws Exception {
        IndexSimulation simulation = new IndexSimulation(seed, false, false);
        simulation.run(3000);
    }

    @ParameterizedTest
    @SeedSource(runs = 200)
    void itIsASortedSetWhateverFails(long seed) throws Exception {
        IndexSimulation simulation = new IndexSimulation(seed, true, false);
        simulation.run(3000);
        assertThat(simulation.restarts()).isPositive();
    }

    @ParameterizedTest
    @SeedSource(runs = 200)
    void itKeepsTheLatest(long seed) throws Exception {
        IndexSimulation simulation = new IndexSimulation(seed, seed % 2 == 0, true);
        simulation.run(3000);
    }
}

package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The real store over a disk that loses, tears, refuses and fills up, many seeds of it. */
class JournalSimulationTest {
    private static final int LIVES_TO_MEET_ALL = 1000;
    private static final int LYING_DISKS = 40;
    private static final int SEEDS_REPEATED = 40;
    private static final SimulationCounts TOTAL = new SimulationCounts();

    @ParameterizedTest
    @SeedSource(runs = 2000)
    void whatWasSyncedIsReplayedOnceInOrderAndNothingElseIs(long seed) throws IOException {
        StoreSimulation simulation = new StoreSimulation(seed);
        simulation.run();
        TOTAL.add(simulation.counts);
    }

    /** What is in memory when a run begins, and where, has no influence on it: others were there before the second. */
    @Test
    void aSeedRepeatsARunExactly() throws IOException {
        List<Long> first = digestsOfSeeds();
        List<Long> again = digestsOfSeeds();
        assertThat(again).isEqualTo(first).doesNotHaveDuplicates();
    }

    private static List<Long> digestsOfSeeds() throws IOException {
        List<Long> digests = new ArrayList<>();
        for (long seed = 0; seed < SEEDS_REPEATED; seed++) {
            StoreSimulation simulation = new StoreSimulation(seed);
            simulation.run();
            digests.add(simulation.disk().digest());
        }
        return digests;
    }

    /** Losing what was reported as synced is what all this must notice. */
    @Test
    void aDiskWhoseSyncsDoNothingIsNoticed() {
        int noticed = 0;
        for (long seed = 0; seed < LYING_DISKS; seed++) {
            StoreSimulation simulation = new StoreSimulation(seed);
            simulation.disk().faults().dropSyncs(true);
            try {
                simulation.run();
            } catch (AssertionError | IOException e) {
                noticed++;
            }
        }
        assertThat(noticed).isGreaterThan(LYING_DISKS * 3 / 4);
    }

    /** Each of these is there to be met, and counts for nothing if it is not. */
    @AfterAll
    static void everythingWasMet() {
        System.out.println("simulated: " + TOTAL);
        if (TOTAL.of(SimulationCounts.Met.LIVES) > LIVES_TO_MEET_ALL) {
            TOTAL.assertAllMet();
        }
    }
}

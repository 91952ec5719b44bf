package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power of a broker's disk is cut at random moments under load: what the kernel has not written is lost. A few
 * times in the build; {@code -Dpower.cuts=100} for more.
 */
class PowerCutIT {
    private static final int CUTS = Integer.getInteger("power.cuts", 5);
    private static final int DISK_MEBIBYTES = 1024;

    @TempDir
    Path folder;

    @Test
    void nothingConfirmedIsLostAndNothingAcknowledgedComesBack() throws Exception {
        String missing = LoopDisk.whatIsMissing(folder);
        assumeTrue(missing.isEmpty(), missing);
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        DeliveryHistory history;
        try (LoopDisk disk = new LoopDisk(folder, folder.resolve("data"), DISK_MEBIBYTES)) {
            ServerProcess process = CrashIT.start(folder);
            try (CrashLoad load = new CrashLoad(process.http(), "synced")) {
                for (int cut = 0; cut < CUTS; cut++) {
                    load.run(300 + random.nextInt(2000));
                    disk.cut();
                    load.down();
                    process.kill();
                    disk.restore();
                    process = CrashIT.start(folder);
                    load.up(process.http());
                }
                history = load.finish();
            } finally {
                process.close();
            }
        }
        System.out.printf("power cuts: %d, %s, lost 0 expected (seed %d)%n", CUTS, history, seed);
        assertThat(history.violations()).as("seed %d", seed).isEmpty();
        assertThat(history.confirmedCount()).as("the load ran between the cuts").isGreaterThan(CUTS * 10);
    }
}

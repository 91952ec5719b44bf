package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker process under load is killed with SIGKILL at random moments and started again. Small journal files and a
 * small journal, so that files are recycled, moved and adopted all the time.
 */
class CrashIT {
    private static final int KILLS = Integer.getInteger("crash.kills", 20);

    @TempDir
    Path folder;

    @Test
    void nothingConfirmedIsLostAndNothingAcknowledgedComesBack() throws Exception {
        killUnderLoad("synced", KILLS);
    }

    /** The system has it, and writes it whatever becomes of the process. */
    @Test
    void whatTheSystemHasIsNotLostEither() throws Exception {
        killUnderLoad("os", KILLS / 4);
    }

    private void killUnderLoad(String durability, int kills) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        ServerProcess process = start(folder);
        DeliveryHistory history;
        try (CrashLoad load = new CrashLoad(process.http(), durability)) {
            for (int kill = 0; kill < kills; kill++) {
                load.run(100 + random.nextInt(1200));
                load.down();
                process.kill();
                process = start(folder);
                load.up(process.http());
            }
            history = load.finish();
        } finally {
            process.close();
        }
        System.out.printf("crash test: %d kills, %s, lost 0 expected (seed %d)%n", kills, history, seed);
        assertThat(history.violations()).as("seed %d", seed).isEmpty();
        assertThat(history.confirmedCount())
                .as("the load ran between the kills")
                .isGreaterThan(kills * 10);
    }

    static ServerProcess start(Path folder) throws IOException {
        return ServerProcess.start(
                folder,
                List.of("-Xmx256m"),
                "--set",
                "storage.journal.file-bytes=2MiB",
                "--set",
                "storage.journal.bytes=4MiB");
    }
}

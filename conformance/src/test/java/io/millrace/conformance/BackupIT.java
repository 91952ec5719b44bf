package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker process is copied while clients publish, receive and acknowledge; a second broker on the copy has every
 * message that was confirmed before, and none whose acknowledgement was.
 */
class BackupIT {
    private static final String KEPT = "kept";
    private static final int BACKUPS = 3;
    private static final int KEPT_BATCH = 20;
    private static final long LEASE_MILLIS = 60_000;

    @TempDir
    Path folder;

    @Test
    void aCopyOfABrokerThatServesHasWhatWasConfirmed() throws Exception {
        Path backups = folder.resolve("backups");
        try (ServerProcess process = start(folder, "--set", "storage.backup-directory=" + backups);
                CrashLoad load = new CrashLoad(process.http(), "synced")) {
            HttpQueue kept = new HttpQueue(process.http(), KEPT);
            kept.create();
            Set<String> keptConfirmed = new HashSet<>();
            for (int backup = 0; backup < BACKUPS; backup++) {
                load.run(1500);
                keptConfirmed.addAll(publishKept(kept, backup));
                check(process, load, backups, "backup-" + backup, keptConfirmed);
            }
            DeliveryHistory history = load.finish();
            System.out.printf("backup test: %d backups, %s%n", BACKUPS, history);
            assertThat(history.violations()).isEmpty();
        }
    }

    private static List<String> publishKept(HttpQueue kept, int backup) throws IOException, InterruptedException {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < KEPT_BATCH; i++) {
            bodies.add("kept-" + backup + "-" + i + "-" + "y".repeat(10_000));
        }
        kept.publish(bodies);
        return bodies;
    }

    private void check(ServerProcess process, CrashLoad load, Path backups, String name, Set<String> keptConfirmed)
            throws Exception {
        Set<String> confirmedBefore = load.history().confirmed();
        Set<String> acknowledgedBefore = load.history().acknowledged();

        FinishedProcess backup = FinishedProcess.millrace(
                folder,
                "",
                "data",
                "backup",
                name,
                "--server",
                process.http().toString(),
                "--bytes-per-second",
                "24MiB");

        Set<String> deliveredAfter = load.history().delivered();
        assertThat(backup.status()).as(backup.output()).isZero();
        assertThat(Files.exists(backups.resolve(name).resolve("backup.list"))).isTrue();
        assertThat(Files.getPosixFilePermissions(backups.resolve(name)))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        Path copy = Files.createDirectory(folder.resolve("copy-of-" + name));
        millrace(
                "data",
                "restore",
                backups.resolve(name).toString(),
                copy.resolve("data").toString());
        millrace("data", "verify", copy.resolve("data").toString());
        try (ServerProcess restored = start(copy)) {
            Set<String> there = drain(restored.http(), CrashLoad.QUEUE);
            assertThat(there).allMatch(load.history()::wasSent);
            assertThat(there).as("acknowledged before the backup").doesNotContainAnyElementsOf(acknowledgedBefore);
            Set<String> missing = new HashSet<>(confirmedBefore);
            missing.removeAll(deliveredAfter);
            missing.removeAll(there);
            assertThat(missing).as("confirmed before the backup").isEmpty();
            assertThat(drain(restored.http(), KEPT)).isEqualTo(keptConfirmed);
        }
    }

    private void millrace(String... arguments) throws IOException, InterruptedException {
        FinishedProcess command = FinishedProcess.millrace(folder, "", arguments);
        assertThat(command.status()).as(command.output()).isZero();
    }

    /** Everything that is in a queue; what is leased comes back when its lease of the time of the copy has ended. */
    private static Set<String> drain(URI server, String name) throws IOException, InterruptedException {
        HttpQueue queue = new HttpQueue(server, name);
        Set<String> bodies = new HashSet<>();
        while (queue.count("ready") + queue.count("leased") > 0) {
            List<HttpQueue.Message> messages = queue.receive(100, 500, LEASE_MILLIS);
            messages.forEach(each -> bodies.add(each.body()));
            queue.acknowledge(messages);
        }
        return bodies;
    }

    private static ServerProcess start(Path folder, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("--set", "storage.journal.file-bytes=2MiB", "--set", "storage.journal.bytes=4MiB"));
        arguments.addAll(List.of(more));
        return ServerProcess.start(folder, List.of("-Xmx256m"), arguments.toArray(new String[0]));
    }
}

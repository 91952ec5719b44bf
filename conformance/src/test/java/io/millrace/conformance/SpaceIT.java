package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker process whose space ends: publishers are refused, consumers are not, and it resumes by itself. */
class SpaceIT {
    private static final List<String> SMALL = List.of("-Xmx256m");
    private static final String[] SMALL_JOURNAL = {
        "--set", "storage.journal.file-bytes=1MiB",
        "--set", "storage.journal.bytes=2MiB",
        "--set", "limits.message-bytes=512KiB",
        "--set", "limits.unsynced-bytes=1MiB"
    };
    private static final Duration RESUMED_WITHIN = Duration.ofMinutes(5);
    private static final Duration REFUSED_FOR = Duration.ofSeconds(3);
    private static final int MESSAGES_AT_A_TIME = 5;
    private static final String FILLER = "x".repeat(20_000);
    private static final int SECTOR_BYTES = 4096;

    @TempDir
    Path folder;

    private final List<String> confirmed = new ArrayList<>();
    private final List<String> consumed = new ArrayList<>();
    private int next;

    @Test
    void atTheByteBudgetPublishingWaitsForConsumers() throws Exception {
        String[] arguments = with("storage.bytes-max=12MiB");
        try (ServerProcess server = ServerProcess.start(folder, SMALL, arguments)) {
            HttpQueue queue = new HttpQueue(server.http(), "work");
            queue.create();
            publishUntilRefused(queue, "storage.bytes-max is 12MiB, of which 3MiB are kept for acknowledgements");
            JsonNode health = health(server.http());
            assertThat(health.get("status").asText()).isEqualTo("degraded");
            assertThat(health.get("reason").asText()).startsWith("publishing is refused: the data directory has ");
            assertThat(health.get("usedBytes").asLong()).isBetween(8L << 20, 12L << 20);
            FinishedProcess stats = FinishedProcess.millrace(
                    folder, "", "stats", "--server", server.http().toString());
            assertThat(stats.output()).contains("work", "publishing is refused: the data directory has ");

            consumeAll(queue);
            resume(queue);
            assertThat(health(server.http()).get("status").asText()).isEqualTo("ready");

            publishUntilRefused(queue, "storage.bytes-max");
            assertThat(occurrences(server.log(), "publishing is refused"))
                    .as("one line for all that are refused until it resumes")
                    .isEqualTo(1 + occurrences(server.log(), "publishing resumes: "));
            assertThat(dataBytes()).isLessThanOrEqualTo(12L << 20);
        }
        try (ServerProcess server = ServerProcess.start(folder, SMALL, arguments)) {
            HttpQueue queue = new HttpQueue(server.http(), "work");
            assertThat(tryPublish(queue)).contains("507");
            consumeAll(queue);
            resume(queue);
        }
    }

    @Test
    void aBudgetThatCannotBeHeldEndsTheStart() throws Exception {
        FinishedProcess refused = FinishedProcess.millrace(
                folder, "", "serve", "--free-ports", "--end-with-input", "--set", "storage.bytes-max=100MiB");

        assertThat(refused.status()).as(refused.output()).isNotZero();
        assertThat(refused.output()).contains("storage.bytes-max (100MiB) is too little", "the least is");
    }

    /** A real disk, of memory, that somebody else fills to the last byte. */
    @Test
    void onAFullDiskPublishingWaitsUntilThereIsRoom() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("data"));
        boolean mounted = status("mount", "-t", "tmpfs", "-o", "size=24m", "millrace-test", disk.toString()) == 0;
        assumeThat(mounted).as("a file system can be mounted here").isTrue();
        try {
            fillDisk(disk);
        } finally {
            assertThat(status("umount", disk.toString())).isZero();
        }
    }

    private void fillDisk(Path disk) throws Exception {
        try (ServerProcess server = ServerProcess.start(folder, SMALL, with("storage.free-bytes-min=4MiB"))) {
            HttpQueue queue = new HttpQueue(server.http(), "work");
            queue.create();
            publish(queue);
            Path other = disk.resolve("other");
            writeUntilFull(other);
            publishUntilRefused(queue, "publishing is refused: ");
            consumeAll(queue);

            Files.delete(other);
            resume(queue);
            consumeAll(queue);
            publishUntilRefused(queue, "storage.free-bytes-min is 4MiB");
        }
        try (ServerProcess server = ServerProcess.start(folder, SMALL, with("storage.free-bytes-min=4MiB"))) {
            HttpQueue queue = new HttpQueue(server.http(), "work");
            consumeAll(queue);
            resume(queue);
        }
    }

    private static String[] with(String setting) {
        List<String> arguments = new ArrayList<>(List.of(SMALL_JOURNAL));
        arguments.addAll(List.of("--set", setting));
        return arguments.toArray(new String[0]);
    }

    private static void writeUntilFull(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] zeros = new byte[SECTOR_BYTES];
            while (true) {
                out.write(zeros);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private int status(String... command) throws IOException, InterruptedException {
        return FinishedProcess.run(folder, Map.of(), "", List.of(command)).status();
    }

    /** Publishes some messages; returns what the broker says where it refuses, else nothing. */
    private String tryPublish(HttpQueue queue) throws InterruptedException {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < MESSAGES_AT_A_TIME; i++) {
            bodies.add(next++ + " " + FILLER);
        }
        try {
            queue.publish(bodies);
            confirmed.addAll(bodies);
            return "";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void publish(HttpQueue queue) throws InterruptedException {
        assertThat(tryPublish(queue)).isEmpty();
    }

    /** Until it stays so: what is dead in old files is given back while publishing is refused. */
    private void publishUntilRefused(HttpQueue queue, String reason) throws InterruptedException {
        String refusal = "";
        long sinceNanos = System.nanoTime();
        while (refusal.isEmpty() || System.nanoTime() - sinceNanos < REFUSED_FOR.toNanos()) {
            refusal = tryPublish(queue);
            if (refusal.isEmpty()) {
                sinceNanos = System.nanoTime();
            }
        }
        assertThat(refusal).contains(" 507 ", "/v1/problems/out-of-space", reason);
    }

    private void resume(HttpQueue queue) throws InterruptedException {
        long startNanos = System.nanoTime();
        String refusal = tryPublish(queue);
        while (!refusal.isEmpty() && System.nanoTime() - startNanos < RESUMED_WITHIN.toNanos()) {
            refusal = tryPublish(queue);
        }
        assertThat(refusal).isEmpty();
        System.out.printf(
                "publishing resumed after %d ms%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
    }

    /** Everything that was confirmed comes, and can be acknowledged. */
    private void consumeAll(HttpQueue queue) throws IOException, InterruptedException {
        List<HttpQueue.Message> received = queue.receive(20, 0, 30_000);
        while (!received.isEmpty()) {
            received.forEach(each -> consumed.add(each.body()));
            assertThat(queue.acknowledge(received)).hasSameSizeAs(received);
            received = queue.receive(20, 0, 30_000);
        }
        assertThat(consumed).containsExactlyInAnyOrderElementsOf(confirmed);
    }

    private static JsonNode health(URI server) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(server.resolve("/health/ready")).build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new ObjectMapper().readTree(answer.body());
    }

    private long dataBytes() throws IOException {
        long bytes = 0;
        try (var files = Files.list(folder.resolve("data"))) {
            for (Path each : files.toList()) {
                bytes += Files.size(each);
            }
        }
        return bytes;
    }

    private static long occurrences(String text, String words) {
        return Pattern.compile(words, Pattern.LITERAL).matcher(text).results().count();
    }
}

package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http.Answer;
import io.millrace.base.file.FileSystem;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.SpaceLimits;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Space ends: publishing is refused and says why, all else goes on, and publishing resumes by itself. */
class ShortSpaceTest extends RigTest {
    private static final long FILE = 256 << 10;
    private static final long BYTES_MAX = 8 * FILE;
    private static final long FREE_MIN = 4 * FILE;
    private static final Duration RESUMED_WITHIN = Duration.ofSeconds(20);
    private static final String FILLER = "x".repeat(20_000);

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new Random(1));
    private final List<String> published = new ArrayList<>();

    @Override
    FileSystem disk() {
        return disk;
    }

    @Override
    LocalStoreOptions store() {
        return LocalStoreOptions.DEFAULT
                .withShards(4)
                .withSizes(FILE, FILE, 16 << 10)
                .withJournalBytes(2 * FILE)
                .with(new SpaceLimits(BYTES_MAX, FREE_MIN, 0));
    }

    private Answer tryPublish() {
        String body = published.size() + " " + FILLER;
        Answer answer = http.send("POST", "/v1/queues/q/messages", "text/plain", body.getBytes(UTF_8));
        if (answer.status() == 201) {
            published.add(body);
        }
        return answer;
    }

    private Answer publishUntilRefused() {
        Answer answer = tryPublish();
        while (answer.status() == 201) {
            answer = tryPublish();
        }
        return answer;
    }

    private void awaitPublish() {
        long end = System.nanoTime() + RESUMED_WITHIN.toNanos();
        Answer answer = tryPublish();
        while (answer.status() == 507 && System.nanoTime() - end < 0) {
            answer = tryPublish();
        }
        answer.expect(201);
    }

    /** Receives and acknowledges all; what was confirmed comes, once and in its order. */
    private void consumeAll() {
        List<String> received = new ArrayList<>();
        for (List<JsonNode> batch = receive("{\"max\":7}"); !batch.isEmpty(); batch = receive("{\"max\":7}")) {
            received.addAll(bodies(batch));
            batch.forEach(
                    each -> assertThat(settle(each, "acknowledge").get("done").booleanValue())
                            .isTrue());
        }
        assertThat(received).containsExactlyElementsOf(published);
        published.clear();
    }

    @Test
    void atTheBudgetPublishingIsRefusedWithTheFiguresAndResumesOnceMessagesAreConsumed() throws IOException {
        Answer refused = publishUntilRefused().expectProblem(507, "out-of-space");
        assertThat(refused.json().get("title").textValue()).isEqualTo("There is no space for new messages");
        assertThat(refused.json().get("retryable").booleanValue()).isTrue();
        assertThat(refused.json().get("detail").textValue())
                .matches("publishing is refused: the data directory has \\d+KiB, storage.bytes-max is 2MiB, of which"
                        + " 512KiB are kept for acknowledgements and for moving what lives; publishing resumes at"
                        + " 1408KiB: consume or purge messages, or raise storage.bytes-max");

        JsonNode health = http.get("/health/ready").expect(200).json();
        assertThat(health.get("ready").booleanValue()).isTrue();
        assertThat(health.get("status").textValue()).isEqualTo("degraded");
        assertThat(health.get("reason").textValue()).startsWith("publishing is refused: the data directory has ");
        assertThat(health.get("hasSpace").booleanValue()).isFalse();
        assertThat(health.get("usedBytes").longValue()).isBetween(5 * FILE, BYTES_MAX);
        assertThat(http.get("/metrics").text().lines())
                .contains("millrace_storage_has_space 0.0", "millrace_ready 1.0")
                .anyMatch(line -> line.startsWith("millrace_storage_used_bytes 1"));
        http.put("/v1/queues/another", "").expect(201);

        consumeAll();
        awaitPublish();
        consumeAll();
        assertThat(http.get("/health/ready").json().get("status").textValue()).isEqualTo("ready");
        assertThat(http.get("/health/ready").json().has("reason")).isFalse();
    }

    @Test
    void aPurgeMakesRoomAsWell() {
        publishUntilRefused();
        http.post("/v1/queues/q/purge", "").expect(200);
        published.clear();

        awaitPublish();
    }

    @Test
    void aDeletedQueueMakesRoomAsWell() {
        publishUntilRefused();
        http.delete("/v1/queues/q").expect(204);
        published.clear();
        http.put("/v1/queues/q", "").expect(201);

        awaitPublish();
    }

    @Test
    void aDiskThatOthersHaveFilledRefusesUntilTheyMakeRoomAndLosesNothing() throws IOException {
        tryPublish().expect(201);
        disk.capacity(capacityWithFree(FREE_MIN / 2));
        Answer refused = publishUntilRefused().expectProblem(507, "out-of-space");
        assertThat(refused.json().get("detail").textValue())
                .startsWith("publishing is refused: the disk has ")
                .contains(" free, storage.free-bytes-min is 1MiB; publishing resumes at 1280KiB: consume or purge");
        assertThat(http.get("/health/ready").json().get("freeBytes").longValue())
                .isLessThan(FREE_MIN);
        List<String> confirmed = List.copyOf(published);
        consumeAll();

        disk.capacity(Long.MAX_VALUE);
        awaitPublish();
        consumeAll();
        assertThat(confirmed).isNotEmpty();
    }

    /** Not even the next journal file fits, nor a manifest: what is there already has room for all that it takes. */
    @Test
    void aDiskWithNothingLeftRefusesUntilThereIsRoomAndLosesNothing() throws IOException {
        tryPublish().expect(201);
        disk.capacity(capacityWithFree(0));
        Answer refused = publishUntilRefused().expectProblem(507, "out-of-space");
        assertThat(refused.json().get("detail").textValue()).startsWith("publishing is refused: ");
        consumeAll();

        disk.capacity(Long.MAX_VALUE);
        awaitPublish();
        consumeAll();
    }

    private long capacityWithFree(long bytes) throws IOException {
        return Long.MAX_VALUE - disk.usableBytes(directory) + bytes;
    }

    @Test
    void whatWasConfirmedWhileSpaceWasShortIsThereAfterARestart() throws IOException {
        publishUntilRefused();
        rig.restart();
        http = rig.http();
        tryPublish().expectProblem(507, "out-of-space");

        consumeAll();
        awaitPublish();
    }
}

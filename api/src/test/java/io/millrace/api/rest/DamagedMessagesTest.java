package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.api.Until;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A message whose bytes on disk have changed is never handed out, and is named wherever somebody looks. */
class DamagedMessagesTest extends RigTest {
    private static final String DAMAGED = "the message whose bytes are going to change";
    /** One for each shard: queues that are made one after the other are in different ones. */
    private static final int FILLER_QUEUES = 4;

    private static final int FILLER_BYTES = 1 << 20;
    /** More than the memory for messages that were published last. */
    private static final int FILLERS = 24;

    private String id;

    @BeforeEach
    void damageAMessage() throws IOException {
        for (int i = 0; i < FILLER_QUEUES; i++) {
            http.put("/v1/queues/filler" + i, "").expect(201);
        }
        id = publishDamaged();
        publish("whole");
        driveFromMemory();
    }

    /** Publishes a message, changes one bit of it on disk and returns its id. */
    private String publishDamaged() throws IOException {
        String made = publish(DAMAGED);
        assertThat(flipOnDisk()).isEqualTo(1);
        return made;
    }

    private void driveFromMemory() {
        for (int i = 0; i < FILLERS; i++) {
            http.send("POST", "/v1/queues/filler" + i % FILLER_QUEUES + "/messages", null, new byte[FILLER_BYTES])
                    .expect(201);
        }
    }

    /** Changes one bit of the message in every file that has it; returns how many files those are. */
    private int flipOnDisk() throws IOException {
        byte[] wanted = DAMAGED.getBytes(UTF_8);
        int flipped = 0;
        try (Stream<Path> files = Files.walk(directory.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                int at = indexOf(Files.readAllBytes(file), wanted);
                if (at >= 0) {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.write(ByteBuffer.wrap(new byte[] {(byte) (wanted[0] ^ 1)}), at);
                    }
                    flipped++;
                }
            }
        }
        return flipped;
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int at = 0; at <= bytes.length - wanted.length; at++) {
            int equal = 0;
            while (equal < wanted.length && bytes[at + equal] == wanted[equal]) {
                equal++;
            }
            if (equal == wanted.length) {
                return at;
            }
        }
        return -1;
    }

    @Test
    void aReceivePassesItOverAndTheQueueCountsIt() {
        assertThat(bodies(receive("{\"max\":1,\"leaseMillis\":600000}"))).containsExactly("whole");
        assertThat(receive("")).isEmpty();

        assertThat(stats().get("damaged").intValue()).isEqualTo(1);
        assertThat(stats().get("ready").intValue()).isZero();
        assertThat(http.get("/metrics").text())
                .contains("millrace_queue_messages{queue=\"q\",space=\"root\",state=\"damaged\"} 1.0");
    }

    @Test
    void whoFindsNothingElseGoesOnWaiting() throws IOException {
        settle(receive("{\"max\":2}").get(0), "acknowledge");
        String second = publishDamaged();
        driveFromMemory();
        CompletableFuture<Http.Answer> waiting = http.sendAsync(
                "POST", "/v1/queues/q/receive", "application/json", "{\"waitMillis\":60000}".getBytes(UTF_8));
        Until.holds(() -> stats().get("damaged").intValue() == 2
                && stats().get("waitingReceives").intValue() == 1);

        publish("late");

        assertThat(bodies(list(waiting.join().expect(200).json().get("messages"))))
                .containsExactly("late");
        List<JsonNode> damaged = list(http.get("/v1/queues/q/messages?state=damaged")
                .expect(200)
                .json()
                .get("messages"));
        assertThat(damaged.stream().map(message -> message.get("id").textValue()))
                .containsExactly(id, second);
    }

    @Test
    void aPurgeRemovesIt() {
        receive("");

        http.send("POST", "/v1/queues/q/purge", null, null).expect(200);

        assertThat(stats().get("damaged").intValue()).isZero();
    }

    @Test
    void aLookNamesItAndShowsNoBody() {
        JsonNode seen = http.get("/v1/queues/q/messages").expect(200).json().get("messages");

        assertThat(seen).hasSize(2);
        assertThat(seen.at("/0/id").textValue()).isEqualTo(id);
        assertThat(seen.at("/0/state").textValue()).isEqualTo("damaged");
        assertThat(seen.get(0).has("body")).isFalse();
        assertThat(seen.get(0).has("bodyBase64")).isFalse();
        assertThat(seen.at("/1/body").textValue()).isEqualTo("whole");
    }
}

package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Rig;
import io.millrace.storage.local.LocalStoreOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that were moved into a segment whose bytes have changed since: none is handed out, each is named. */
class DamagedSegmentsTest extends RigTest {
    private static final String DAMAGED = "the message whose bytes are going to change";
    private static final int FILLER_QUEUES = 4;
    private static final int FILLER_BYTES = 1 << 20;
    private static final int ROUNDS_MAX = 40;
    /** Behind the checksum, the length and the kind of a block. */
    private static final int BLOCK_HEADER_BYTES = 9;
    /** A run in the contents, with its log. */
    private static final int RUN_BYTES = 57;

    private String first;
    private String second;
    private Path segment;

    @Override
    LocalStoreOptions store() {
        return Rig.STORE.withJournalBytes(8 << 20);
    }

    @BeforeEach
    void moveMessagesIntoASegment() throws IOException {
        for (int i = 0; i < FILLER_QUEUES; i++) {
            http.put("/v1/queues/filler" + i, "").expect(201);
        }
        first = publish(DAMAGED);
        second = publish("whole");
        for (int round = 0; segment == null; round++) {
            assertThat(round).isLessThan(ROUNDS_MAX);
            // What nobody needs any more lets the file go, and what is still needed is moved out of it.
            for (int i = 0; i < FILLER_QUEUES; i++) {
                String filler = "/v1/queues/filler" + i;
                http.send("POST", filler + "/messages", null, new byte[FILLER_BYTES])
                        .expect(201);
                http.send("POST", filler + "/purge", null, null).expect(200);
            }
            segment = segmentWith(DAMAGED);
        }
    }

    private Path segmentWith(String text) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("data"))) {
            for (Path file : files.filter(each -> each.getFileName().toString().startsWith("segment-"))
                    .toList()) {
                if (new String(Files.readAllBytes(file), ISO_8859_1).contains(text) && isNamed(file)) {
                    return file;
                }
            }
        }
        return null;
    }

    /** Whether the manifest was written that names what is in the directory now: the journal file has gone. */
    private boolean isNamed(Path file) throws IOException {
        assertThat(file).isNotEmptyFile();
        try (Stream<Path> files = Files.list(directory.resolve("data"))) {
            return files.noneMatch(each -> each.endsWith("journal-000000000001.log"));
        }
    }

    private void flip(long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 1)).rewind();
            channel.write(one, offset);
        }
    }

    @Test
    void aDamagedBodyCostsItsMessageAlone() throws IOException {
        flip(new String(Files.readAllBytes(segment), ISO_8859_1).indexOf(DAMAGED));

        assertThat(bodies(receive("{\"max\":2}"))).containsExactly("whole");
        assertThat(stats().get("damaged").intValue()).isEqualTo(1);
        JsonNode seen = http.get("/v1/queues/q/messages?state=damaged")
                .expect(200)
                .json()
                .get("messages");
        assertThat(seen).hasSize(1);
        assertThat(seen.at("/0/id").textValue()).isEqualTo(first);
        assertThat(seen.get(0).has("body")).isFalse();
    }

    @Test
    void aDamagedBlockOfTheIndexCostsTheMessagesThatAreFoundThroughIt() throws IOException {
        flip(indexOf(first.substring(0, first.indexOf('-'))) + BLOCK_HEADER_BYTES);

        assertThat(receive("{\"max\":2}")).isEmpty();
        assertThat(stats().get("damaged").intValue()).isEqualTo(2);
        List<JsonNode> damaged = list(http.get("/v1/queues/q/messages?state=damaged")
                .expect(200)
                .json()
                .get("messages"));
        assertThat(damaged.stream().map(message -> message.get("id").textValue()))
                .containsExactly(first, second);
    }

    /** Where the block is that says where the messages of a log are (docs/formats/segment.md). */
    private long indexOf(String log) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment));
        int run = (int) bytes.getLong(bytes.limit() - 16) + BLOCK_HEADER_BYTES + Integer.BYTES;
        while (bytes.getLong(run) != Long.parseLong(log)) {
            run += RUN_BYTES;
        }
        return bytes.getLong(run + 2 * Long.BYTES);
    }
}

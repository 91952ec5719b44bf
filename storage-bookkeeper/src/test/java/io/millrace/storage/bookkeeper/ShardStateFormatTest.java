package io.millrace.storage.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.millrace.base.Crc32c;
import io.millrace.storage.Extent;
import io.millrace.testkit.FormatTable;
import io.millrace.testkit.SeedSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The node of a shard: what it says comes back, damage is seen, the page tells the truth. */
class ShardStateFormatTest {
    private static final String PAGE = "bookkeeper.md";

    @ParameterizedTest
    @SeedSource(runs = 100)
    void aStateComesBackAsItWas(long seed) throws IOException {
        ShardState state = state(new SplittableRandom(seed));
        byte[] bytes = ShardStateFormat.encode(state);
        ShardState found = ShardStateFormat.decode(bytes, "node");

        assertThat(found).usingRecursiveComparison().isEqualTo(state);
    }

    @ParameterizedTest
    @SeedSource(runs = 100)
    void aFlippedBitIsSeen(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = ShardStateFormat.encode(state(random));
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));

        assertThatIOException().isThrownBy(() -> ShardStateFormat.decode(bytes, "node"));
    }

    @Test
    void aNodeThatEndsEarlyIsSeen() throws IOException {
        byte[] bytes = ShardStateFormat.encode(state(new SplittableRandom(1)));
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = java.util.Arrays.copyOf(bytes, length);
            assertThatIOException().isThrownBy(() -> ShardStateFormat.decode(part, "node"));
        }
    }

    @Test
    void anUnknownVersionIsRefused() throws IOException {
        byte[] bytes = ShardStateFormat.encode(ShardState.NEW);
        ByteBuffer.wrap(bytes).putInt(4, 2);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, new Crc32c().of(ByteBuffer.wrap(bytes), 0, bytes.length - 4));

        assertThatIOException()
                .isThrownBy(() -> ShardStateFormat.decode(bytes, "node"))
                .withMessageContaining("format 2, this Millrace reads format 1");
    }

    @Test
    void aNodeThatZooKeeperWouldNotTakeIsNotMade() {
        ShardState state = new ShardState(
                1, 0, List.of(), new TreeMap<>(), StoredManifest.inline(new byte[ShardStateFormat.NODE_BYTES_MAX]));

        assertThatIOException().isThrownBy(() -> ShardStateFormat.encode(state));
    }

    @Test
    void aCheckpointKeepsWhatIsReplayedOrAdoptedAndNothingElse() {
        ShardState state = new ShardState(
                1,
                0,
                List.of(
                        new LogLedger(1, 0, 100),
                        new LogLedger(2, 100, 200),
                        new LogLedger(3, 200, 300),
                        new LogLedger(4, 300, LogLedger.OPEN)),
                new TreeMap<>(),
                null);
        StoredManifest manifest = StoredManifest.inline(new byte[0]);

        assertThat(state.checkpointed(99, List.of(), manifest).ledgers()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(state.checkpointed(100, List.of(), manifest).ledgers()).containsExactly(2L, 3L, 4L);
        assertThat(state.checkpointed(1000, List.of(), manifest).ledgers()).containsExactly(4L);
        assertThat(state.checkpointed(300, List.of(new Extent(100, 200, 1)), manifest)
                        .ledgers())
                .containsExactly(2L, 4L);
        assertThat(state.checkpointed(300, List.of(new Extent(150, 201, 1)), manifest)
                        .ledgers())
                .containsExactly(2L, 3L, 4L);
    }

    @Test
    void aLedgerWithNothingInItIsReplaced() {
        ShardState state = ShardState.NEW.continued(1, 0, 11).continued(2, 50, 22);

        assertThat(state.continued(3, 50, 33).chain())
                .containsExactly(new LogLedger(11, 0, 50), new LogLedger(33, 50, LogLedger.OPEN));
    }

    @Test
    void thePageIsRight() throws IOException {
        FormatTable header = FormatTable.of(PAGE, "field of the shard's node");
        assertThat(header.assertContiguous()).isEqualTo(ShardStateFormat.HEADER_BYTES);
        FormatTable ledger = FormatTable.of(PAGE, "field of a ledger");
        assertThat(ledger.assertContiguous()).isEqualTo(ShardStateFormat.LEDGER_BYTES);
        FormatTable segment = FormatTable.of(PAGE, "field of a segment");
        assertThat(segment.assertContiguous()).isEqualTo(ShardStateFormat.SEGMENT_BYTES);
        FormatTable entry = FormatTable.of(PAGE, "field of the entry header");
        assertThat(entry.assertContiguous()).isEqualTo(EntryHeader.BYTES);
        assertThat(entry.numbers(1))
                .isEqualTo(Map.of(
                        "magic", EntryHeader.MAGIC_AT,
                        "version", EntryHeader.VERSION_AT,
                        "shard", EntryHeader.SHARD_AT,
                        "epoch", EntryHeader.EPOCH_AT,
                        "position", EntryHeader.POSITION_AT,
                        "records from", EntryHeader.RECORDS_FROM_AT,
                        "records to", EntryHeader.RECORDS_TO_AT));
        assertThat(FormatTable.of(PAGE, "kind of manifest").numbers(1))
                .isEqualTo(Map.of(
                        "none", ShardStateFormat.MANIFEST_NONE,
                        "in the node", ShardStateFormat.MANIFEST_INLINE,
                        "in a ledger", ShardStateFormat.MANIFEST_LEDGER));
    }

    private static ShardState state(SplittableRandom random) {
        List<LogLedger> chain = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            chain.add(new LogLedger(random.nextLong(), random.nextLong(), random.nextLong()));
        }
        TreeMap<Long, SegmentLedger> segments = new TreeMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            segments.put(
                    random.nextLong(1, 1000),
                    new SegmentLedger(random.nextLong(), random.nextLong(), random.nextInt()));
        }
        StoredManifest manifest =
                switch (random.nextInt(3)) {
                    case 0 -> null;
                    case 1 -> StoredManifest.inline(StoreLife.bytes(random.nextInt(100), random.nextLong()));
                    default -> new StoredManifest(null, random.nextLong(0, 1L << 60), random.nextInt(1 << 30));
                };
        return new ShardState(random.nextLong(), random.nextLong(), chain, segments, manifest);
    }
}

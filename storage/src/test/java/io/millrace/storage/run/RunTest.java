package io.millrace.storage.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.Crc32c;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentOutput;
import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written as a run is read back, from any place; damage anywhere in it is seen and named. */
class RunTest {
    private static final long SEGMENT = 77;

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
    private FileSegmentStore store;

    @BeforeEach
    void open() throws IOException {
        store = new FileSegmentStore(disk, Path.of("/segments"));
    }

    @ParameterizedTest
    @SeedSource(runs = 60)
    void recordsAreReadBackFromAnyPlace(long seed) throws Exception {
        RandomGenerator random = new SplittableRandom(seed);
        NavigableSet<Triple> records = records(random, 1 << random.nextInt(15));
        RunLayout layout = write(records, random.nextBoolean());

        assertThat(RunVerifier.verify(store, SEGMENT)).isEmpty();
        assertThat(RunLayout.readHeader(store, SEGMENT)).isEqualTo(5);
        assertThat(RunLayout.readFooter(store, SEGMENT)).isEqualTo(layout);
        assertThat(read(layout, new Triple(Long.MIN_VALUE, Long.MIN_VALUE, Long.MIN_VALUE)))
                .containsExactlyElementsOf(records);
        RunListing listing = RunListing.read(store, SEGMENT);
        assertThat(listing.kind()).isEqualTo(5);
        assertThat(listing.records()).isEqualTo(records.size());
        assertThat(listed(listing, new ArrayList<>())).containsExactlyElementsOf(records);
        List<Triple> all = new ArrayList<>(records);
        for (int i = 0; i < 20; i++) {
            Triple near = all.get(random.nextInt(all.size()));
            Triple from = new Triple(near.key(), near.sub(), near.value() + random.nextInt(3) - 1);
            assertThat(read(layout, from)).containsExactlyElementsOf(records.tailSet(from, true));
        }
    }

    @Test
    void theExtremesAreRecordsAsOthers() throws Exception {
        NavigableSet<Triple> records = new TreeSet<>();
        long[] numbers = {Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, 1, Long.MAX_VALUE - 1, Long.MAX_VALUE};
        for (long key : numbers) {
            for (long sub : numbers) {
                for (long value : numbers) {
                    records.add(new Triple(key, sub, value));
                }
            }
        }
        RunLayout layout = write(records, true);

        for (Triple each : records) {
            assertThat(read(layout, each)).containsExactlyElementsOf(records.tailSet(each, true));
        }
    }

    @Test
    void recordsInOrderTakeFewBytes() throws Exception {
        RunLayout layout = writeCounted(1_000_000);

        assertThat(store.size(SEGMENT)).isLessThan(3_600_000);
        assertThat(layout.levels()).isEqualTo(1);
    }

    @Test
    void aLargeRunHasLevelsAndIsSearchedThroughThem() throws Exception {
        NavigableSet<Triple> records = new TreeSet<>();
        RandomGenerator random = new SplittableRandom(1);
        for (int i = 0; i < 200_000; i++) {
            records.add(new Triple(1, 2, random.nextLong()));
        }
        RunLayout layout = write(records, false);

        assertThat(layout.levels()).isEqualTo(2);
        assertThat(read(layout, records.last())).containsExactly(records.last());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyFlippedBitIsSeenAndNamed(boolean isFiltered) throws Exception {
        NavigableSet<Triple> records = new TreeSet<>();
        for (int i = 0; i < 300; i++) {
            records.add(new Triple(i / 10, i * 1_000_003L, (long) i * i));
        }
        write(records, isFiltered);
        Path path = store.path(SEGMENT);
        long bytes = store.size(SEGMENT);
        for (int place = 0; place < bytes; place += 3) {
            int bit = place % 8;
            disk.flipBit(path, place, bit);
            List<RunDamage> damages = RunVerifier.verify(store, SEGMENT);
            assertThat(damages).as("byte %d", place).hasSize(1);
            assertThat(damages.get(0).segment()).isEqualTo(SEGMENT);
            assertThat(damages.get(0).block()).isEqualTo(place / RunFormat.BLOCK_BYTES);
            disk.flipBit(path, place, bit);
        }
        assertThat(RunVerifier.verify(store, SEGMENT)).isEmpty();
    }

    @Test
    void aListingGoesOnBehindADamagedBlock() throws Exception {
        RunLayout layout = writeCounted(10_000);
        RunListing listing = RunListing.read(store, SEGMENT);
        List<Triple> sound = listed(listing, new ArrayList<>());
        disk.flipBit(store.path(SEGMENT), RunFormat.offset(layout.recordBlock(1)) + 100, 3);

        List<CorruptEntryException> damages = new ArrayList<>();
        List<Triple> rest = listed(listing, damages);

        assertThat(damages)
                .extracting(Throwable::getMessage)
                .containsExactly(RunFormat.place(SEGMENT, 2) + ": the block fails its checksum");
        assertThat(sound).containsAll(rest);
        assertThat(rest).contains(sound.get(0), sound.get(sound.size() - 1));
        assertThat(sound.size() - rest.size()).isBetween(500, 5_000);
    }

    @Test
    void aListingEndsWhereNoMoreIsWanted() throws Exception {
        writeCounted(10_000);
        List<Long> keys = new ArrayList<>();

        RunListing.read(store, SEGMENT).visit((key, sub, value) -> keys.add(key) && keys.size() < 3, damage -> {});

        assertThat(keys).hasSize(3);
    }

    private static List<Triple> listed(RunListing listing, List<CorruptEntryException> damages) throws IOException {
        List<Triple> listed = new ArrayList<>();
        listing.visit((key, sub, value) -> listed.add(new Triple(key, sub, value)), damages::add);
        return listed;
    }

    @Test
    void everyBitOfABlockIsCovered() throws Exception {
        ByteBuffer block = ByteBuffer.allocate(RunFormat.BLOCK_BYTES);
        RunFormat.seal(block, 0, SEGMENT, 3, RunFormat.RECORDS, 0, 0, 0);
        Crc32c crc = new Crc32c();
        RunFormat.verify(crc, block, 0, SEGMENT, 3, RunFormat.RECORDS, 0);
        for (int bit = 0; bit < RunFormat.BLOCK_BYTES * Byte.SIZE; bit++) {
            flip(block, bit);
            assertThatThrownBy(() -> RunFormat.verify(crc, block, 0, SEGMENT, 3, RunFormat.RECORDS, 0))
                    .as("bit %d", bit)
                    .isInstanceOf(CorruptEntryException.class);
            flip(block, bit);
        }
    }

    @Test
    void aBlockOfAnotherPlaceOrSegmentIsRefused() {
        ByteBuffer block = ByteBuffer.allocate(RunFormat.BLOCK_BYTES);
        RunFormat.seal(block, 0, SEGMENT, 3, RunFormat.RECORDS, 0, 0, 0);
        Crc32c crc = new Crc32c();

        assertThatThrownBy(() -> RunFormat.verify(crc, block, 0, SEGMENT, 4, RunFormat.RECORDS, 0))
                .hasMessage("run in segment 77, block 4: the block fails its checksum");
        assertThatThrownBy(() -> RunFormat.verify(crc, block, 0, SEGMENT + 1, 3, RunFormat.RECORDS, 0))
                .isInstanceOf(CorruptEntryException.class);
        assertThatThrownBy(() -> RunFormat.verify(crc, block, 0, SEGMENT, 3, RunFormat.FILTER, 0))
                .hasMessageContaining("not of the type");
    }

    @Test
    void anUnknownVersionIsRefused() throws Exception {
        ByteBuffer block = ByteBuffer.allocate(RunFormat.BLOCK_BYTES);
        block.putLong(RunFormat.MAGIC_AT, RunFormat.MAGIC).putInt(RunFormat.VERSION_AT, 2);
        RunFormat.seal(block, 0, SEGMENT, 0, RunFormat.HEADER, 0, 0, 16);
        SegmentOutput output = store.create(SEGMENT);
        output.write(block);
        output.seal();

        assertThatThrownBy(() -> RunVerifier.verify(store, SEGMENT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 2");
    }

    /** Of the keys that are not there one in so many at most is taken for one that may be: fewer in smaller runs. */
    @ParameterizedTest
    @CsvSource({"200000, 1000", "300000, 500", "2200000, 70"})
    void aFilterHasWhatIsThereAndLittleElse(int count, int oneIn) {
        long seed = 7;
        RandomGenerator random = new SplittableRandom(seed);
        int blocks = RunFilter.blocks(count);
        ByteBuffer[] filter = new ByteBuffer[blocks];
        for (int i = 0; i < blocks; i++) {
            filter[i] = ByteBuffer.allocate(RunFormat.BLOCK_BYTES);
        }
        for (int i = 0; i < count; i++) {
            long hash = RunFilter.hash(seed + i);
            RunFilter.set(filter[RunFilter.block(hash, blocks)], 0, hash, blocks);
        }
        int wrong = 0;
        for (int i = 0; i < count; i += 10) {
            long there = RunFilter.hash(seed + i);
            assertThat(RunFilter.has(filter[RunFilter.block(there, blocks)], 0, there, blocks))
                    .isTrue();
            long missing = RunFilter.hash(random.nextLong());
            wrong += RunFilter.has(filter[RunFilter.block(missing, blocks)], 0, missing, blocks) ? 1 : 0;
        }
        assertThat(wrong).isLessThan(count / 10 / oneIn);
    }

    private RunLayout write(NavigableSet<Triple> records, boolean isFiltered) throws IOException {
        SegmentOutput output = store.create(SEGMENT);
        RunWriter writer = new RunWriter(output, SEGMENT, 5, records.size(), isFiltered);
        for (Triple each : records) {
            writer.add(each.key(), each.sub(), each.value());
        }
        return end(output, writer);
    }

    /** Due times in order, offsets in order, one priority. */
    private RunLayout writeCounted(int count) throws IOException {
        SegmentOutput output = store.create(SEGMENT);
        RunWriter writer = new RunWriter(output, SEGMENT, 5, count, false);
        for (int i = 0; i < count; i++) {
            writer.add(1_700_000_000_000L + i * 3L, i, 4);
        }
        return end(output, writer);
    }

    private static RunLayout end(SegmentOutput output, RunWriter writer) throws IOException {
        writer.endRecords();
        boolean isFilterDone = writer.writeFilter();
        while (!isFilterDone) {
            isFilterDone = writer.writeFilter();
        }
        RunLayout layout = writer.finish();
        output.seal();
        return layout;
    }

    private List<Triple> read(RunLayout layout, Triple from) {
        RunInput input = new RunInput(store, SEGMENT, layout, from.key(), from.sub(), from.value());
        List<Triple> found = new ArrayList<>();
        for (boolean more = input.exact; more; more = input.advance()) {
            found.add(new Triple(input.key, input.sub, input.value));
        }
        assertThat(input.damages()).isEmpty();
        return found;
    }

    private static NavigableSet<Triple> records(RandomGenerator random, int count) {
        NavigableSet<Triple> records = new TreeSet<>();
        int keyBits = random.nextInt(1, 64);
        int subBits = random.nextInt(1, 64);
        for (int i = 0; i < count; i++) {
            records.add(new Triple(
                    random.nextLong() >> (64 - keyBits), random.nextLong() >> (64 - subBits), random.nextInt(5)));
        }
        return records;
    }

    private static void flip(ByteBuffer bytes, int bit) {
        bytes.put(bit / Byte.SIZE, (byte) (bytes.get(bit / Byte.SIZE) ^ (1 << (bit % Byte.SIZE))));
    }
}

package io.millrace.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.ReadBatch;
import io.millrace.testkit.SeedSource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** An index, part of which is sealed now and then, against a sorted map. */
class EntryIndexTest {
    private static final long ROOT_STEP = 10;

    private final IndexCache cache = new IndexCache(new IndexMemory(1 << 20));
    private final EntryIndex index = new EntryIndex(cache);
    private final NavigableMap<Long, Entry> model = new TreeMap<>();
    private final List<SealedRun> gone = new ArrayList<>();
    /** The blocks that a segment would hold: those that the cache does not have are loaded from here. */
    private final Map<Long, Object> stored = new TreeMap<>();

    private long nextOffset;
    private long nextPosition;
    private long nextMillis;
    private long nextRoot;
    private long floor;

    private record Entry(long firstOffset, int span, long segment, long address, int bytes, long millis) {}

    @ParameterizedTest
    @SeedSource(runs = 300)
    void everyOffsetIsFoundInItsEntry(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 30; round++) {
            for (int left = random.nextInt(random.nextInt(8) == 0 ? 1500 : 60); left > 0; left--) {
                add(random);
            }
            switch (random.nextInt(4)) {
                case 0 -> drop(random.nextInt(8) == 0 ? nextOffset : floor + random.nextLong(nextOffset - floor + 1));
                case 1 -> seal(random);
                default -> {}
            }
            for (int left = 0; left < 40; left++) {
                check(random.nextLong(nextOffset + 3));
            }
            checkTime(nextMillis + random.nextLong(-900, 30), floor + random.nextLong(nextOffset - floor + 1));
            checkEnds(random);
            long from = floor + random.nextLong(nextOffset - floor + 1);
            for (long offset = from; offset < Math.min(nextOffset, from + 60); offset++) {
                check(offset);
            }
        }
    }

    private void add(SplittableRandom random) {
        long first = nextOffset + (random.nextInt(20) == 0 ? random.nextInt(1, 4) : 0);
        int span = random.nextInt(4) == 0 ? random.nextInt(1, 900) : 1;
        int bytes = random.nextInt(3) == 0 ? random.nextInt(1, 1 << 20) : 340;
        nextMillis += random.nextInt(-20, 30);
        index.add(first, span, nextPosition, bytes, nextMillis);
        model.put(first, new Entry(first, span, ReadBatch.LOG, nextPosition, bytes, nextMillis));
        nextOffset = first + span;
        nextPosition += bytes + 4 + (random.nextInt(5) == 0 ? random.nextInt(1 << 20) : 0);
    }

    private void drop(long offset) {
        floor = Math.max(floor, offset);
        index.dropBelow(floor, gone::add);
    }

    /** Moves what lies before some position into a segment, as the owner of a log does. */
    private void seal(SplittableRandom random) {
        if (nextPosition == 0) {
            return;
        }
        long position = random.nextLong(nextPosition);
        IndexBlock block = new IndexBlock(++nextRoot);
        List<IndexBlock> blocks = new ArrayList<>();
        List<Entry> moved = new ArrayList<>();
        long[] address = {0};
        index.visitBelow(position, entry -> {
            IndexBlock last = blocks.isEmpty() ? null : blocks.get(blocks.size() - 1);
            if (last == null || last.isFull()) {
                last = blocks.isEmpty() ? block : new IndexBlock(nextRoot);
                blocks.add(last);
            }
            last.add(entry.firstOffset(), entry.span(), address[0], entry.bytes());
            last.noteTime(entry.latestMillis());
            Entry before = model.get(entry.firstOffset());
            moved.add(new Entry(before.firstOffset, before.span, nextRoot, address[0], before.bytes, before.millis));
            address[0] += entry.bytes();
        });
        index.cutBelow(position);
        assertThat(index.firstPosition()).isGreaterThanOrEqualTo(position);
        if (!moved.isEmpty()) {
            moved.forEach(each -> model.put(each.firstOffset, each));
            index.addSealed(store(blocks, moved.size(), address[0]));
            index.dropBelow(floor, gone::add);
        }
    }

    private SealedRun store(List<IndexBlock> blocks, int entries, long bytes) {
        DirectoryBlock directory = new DirectoryBlock();
        long address = 1;
        long latest = IndexBlock.NO_TIME;
        for (IndexBlock each : blocks) {
            stored.put(key(nextRoot, address), copyOf(each));
            latest = Math.max(latest, each.latestMillis());
            directory.add(each.firstOffset(), address++, 1, each.latestMillis());
        }
        long root = 1;
        if (blocks.size() > 1) {
            root = 0;
            stored.put(key(nextRoot, root), directory);
        }
        long first = blocks.get(0).firstOffset();
        long end = blocks.get(blocks.size() - 1).endOffset();
        return new SealedRun(nextRoot, root, 1, first, end, entries, bytes, entries, latest, false);
    }

    private static long key(long segment, long address) {
        return (segment << ROOT_STEP) + address;
    }

    private static IndexBlock copyOf(IndexBlock block) {
        ByteBuffer bytes = ByteBuffer.allocate(block.storedBytes());
        block.writeTo(bytes);
        assertThat(bytes.hasRemaining()).isFalse();
        return IndexBlock.read(bytes.flip());
    }

    /** What is known of an offset, and up to where, is what finding it needs. */
    private void checkLoaded(long offset) {
        long end = index.loadedTo(offset);
        if (end == offset) {
            long missing = key(index.missingSegment(), index.missingAddress());
            assertThat(index.find(offset)).isEqualTo(EntryIndex.UNLOADED);
            assertThat(key(index.missingSegment(), index.missingAddress())).isEqualTo(missing);
        } else {
            assertThat(end).isGreaterThan(offset);
            assertThat(index.find(offset)).isNotEqualTo(EntryIndex.UNLOADED);
            long last = end == Long.MAX_VALUE ? offset : end - 1;
            assertThat(index.find(last)).isNotEqualTo(EntryIndex.UNLOADED);
        }
    }

    private void check(long offset) {
        checkLoaded(offset);
        int found = index.find(offset);
        for (int loads = 0; found == EntryIndex.UNLOADED; loads++) {
            assertThat(loads).as("a directory and a block").isLessThan(2);
            load();
            found = index.find(offset);
        }
        Map.Entry<Long, Entry> candidate = model.floorEntry(offset);
        Entry expected = candidate == null || offset >= candidate.getKey() + candidate.getValue().span
                ? null
                : candidate.getValue();
        if (offset < floor && found == EntryIndex.ABSENT) {
            return; // it may be gone already
        }
        assertThat(found).as("offset %d", offset).isEqualTo(expected == null ? EntryIndex.ABSENT : EntryIndex.FOUND);
        if (expected != null) {
            assertThat(new Entry(
                            index.firstOffset(),
                            index.span(),
                            index.segment(),
                            index.address(),
                            index.recordBytes(),
                            expected.millis))
                    .isEqualTo(expected);
        }
    }

    /** Goes on from block to block that may have it until there is an entry as late as that. */
    private void checkTime(long millis, long from) {
        long at = from;
        int found = findTime(millis, at);
        Entry reached = null;
        while (found == EntryIndex.FOUND && reached == null) {
            assertThat(index.timeOffset()).isGreaterThanOrEqualTo(at);
            Entry entry = entryFrom(index.timeOffset());
            if (entry == null) {
                break;
            }
            reached = entry.millis >= millis ? entry : null;
            at = entry.firstOffset + entry.span;
            found = findTime(millis, at);
        }
        Entry expected = null;
        for (Entry each = entryFrom(from); each != null && expected == null; ) {
            expected = each.millis >= millis ? each : null;
            each = entryFrom(each.firstOffset + each.span);
        }
        assertThat(reached).isEqualTo(expected);
    }

    private Entry entryFrom(long offset) {
        Map.Entry<Long, Entry> before = model.floorEntry(offset);
        if (before != null && before.getKey() + before.getValue().span > offset) {
            return before.getValue();
        }
        Map.Entry<Long, Entry> next = model.ceilingEntry(offset);
        return next == null ? null : next.getValue();
    }

    private int findTime(long millis, long from) {
        int found = index.findTime(millis, from);
        while (found == EntryIndex.UNLOADED) {
            load();
            found = index.findTime(millis, from);
        }
        return found;
    }

    private void checkEnds(SplittableRandom random) {
        long millis = nextMillis + random.nextLong(-900, 30);
        long expired = Math.max(floor, index.endOfEarlier(millis));
        assertThat(model.subMap(floor, expired).values())
                .allSatisfy(each -> assertThat(each.millis).isLessThan(millis));
        long bytes = random.nextLong(1, 1 << 20);
        long end = index.endOfExcess(bytes);
        assertThat(end == 0 || sum(model.tailMap(end)) >= bytes)
                .as("%d bytes are left behind %d", bytes, end)
                .isTrue();
    }

    private static long sum(Map<Long, Entry> entries) {
        return entries.values().stream().mapToLong(Entry::bytes).sum();
    }

    private void load() {
        Object block = stored.get(key(index.missingSegment(), index.missingAddress()));
        if (block instanceof DirectoryBlock directory) {
            ByteBuffer bytes = ByteBuffer.allocate(directory.storedBytes());
            directory.writeTo(bytes);
            cache.put(index.missingSegment(), index.missingAddress(), DirectoryBlock.read(bytes.flip()));
        } else {
            cache.put(index.missingSegment(), index.missingAddress(), (IndexBlock) block);
        }
    }

    @Test
    void anEntryLikeTheOneBeforeTakesAByte() {
        IndexBlock block = new IndexBlock(ReadBatch.LOG);
        for (int i = 0; !block.isFull(); i++) {
            block.add(i, 1, i * 344L, 340);
        }

        assertThat(block.storedBytes()).isLessThan(IndexBlock.ENTRIES_MAX + 60);
    }

    @Test
    void ofADamagedBlockEveryOffsetIsDamagedAndOthersAreFound() {
        add(new SplittableRandom(1));
        long first = nextOffset;
        index.cutBelow(nextPosition);
        index.addSealed(new SealedRun(5, 7, 9, 0, first, 1, 1, 1, 0, false));
        index.add(first, 1, nextPosition, 10, 0);

        assertThat(index.find(0)).isEqualTo(EntryIndex.UNLOADED);
        assertThat(index.missingSegment()).isEqualTo(5);
        assertThat(index.missingAddress()).isEqualTo(7);
        assertThat(index.missingBytes()).isEqualTo(9);
        cache.putDamaged(5, 7);

        assertThat(index.find(0)).isEqualTo(EntryIndex.DAMAGED);
        assertThat(index.find(first)).isEqualTo(EntryIndex.FOUND);
    }

    @Test
    void neighboursBecomeOneRunWhereTheyAreStillThere() {
        List<SealedRun> runs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            runs.add(new SealedRun(1 + i, 1, 1, 10L * i, 10L * i + 10, 1, 1, 1, 0, false));
            index.addSealed(runs.get(i));
        }
        index.dropBelow(20, run -> {});
        SealedRun by = new SealedRun(9, 1, 1, 5, 40, 1, 1, 1, 0, false);

        assertThat(index.replaceSealed(runs.subList(0, 4), by, gone::add)).isTrue();

        assertThat(gone).isEqualTo(runs.subList(2, 4));
        assertThat(index.sealed()).containsExactly(by, runs.get(4));
        assertThat(index.replaceSealed(runs.subList(0, 4), by, gone::add)).isFalse();
        assertThat(index.replaceSealed(runs.subList(4, 5), null, gone::add)).isTrue();
        assertThat(index.sealed()).containsExactly(by);
    }

    @Test
    void runsThatAreDroppedAreTold() {
        SealedRun one = new SealedRun(1, 1, 1, 0, 10, 1, 1, 1, 0, false);
        SealedRun two = new SealedRun(2, 1, 1, 10, 20, 1, 1, 1, 0, false);
        index.addSealed(one);
        index.addSealed(two);

        index.dropBelow(15, gone::add);

        assertThat(gone).containsExactly(one);
        assertThat(index.sealed()).containsExactly(two);
        assertThat(index.isEmpty()).isFalse();
    }
}

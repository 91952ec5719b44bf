package io.millrace.storage.index;

import io.millrace.storage.ReadBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the entries of one log are: offset → (first offset, span, what it is in, address, bytes). Entries come in the
 * order of their offsets and go from the front. Those that the journal holds are in memory, a few bytes each; of those
 * that were sealed, memory holds one {@link SealedRun} for all of a segment, and the blocks that were read last
 * ({@link IndexCache}). Not thread-safe.
 */
public final class EntryIndex {
    /** The entry is there, see the accessors. */
    public static final int FOUND = 0;
    /** No entry holds the offset. */
    public static final int ABSENT = 1;
    /** A block must be read first, see {@link #missingSegment} and what follows. */
    public static final int UNLOADED = 2;
    /** The block that would say is damaged. */
    public static final int DAMAGED = 3;

    private static final IndexBlock NONE = new IndexBlock(ReadBatch.LOG);

    private final IndexCache cache;
    private final List<SealedRun> sealed = new ArrayList<>(0);
    private final List<IndexBlock> blocks = new ArrayList<>(1);
    /** Blocks before it are gone; the list is packed now and then. */
    private int firstBlock;

    private final IndexCursor found = new IndexCursor();
    /** The sealed block that the last entry was found in. */
    private IndexBlock recent = NONE;

    private long places;
    private long timeOffset;
    private long missingSegment;
    private long missingAddress;
    private int missingBytes;

    /** Makes an empty index. */
    public EntryIndex(IndexCache cache) {
        this.cache = cache;
    }

    /**
     * Adds the entry that follows the last, whose record is at {@code position} of the log, and whose greatest
     * timestamp is {@code millis}.
     */
    public void add(long firstOffset, int span, long position, int recordBytes, long millis) {
        if (blocks.isEmpty() || blocks.get(blocks.size() - 1).isFull()) {
            blocks.add(new IndexBlock(ReadBatch.LOG));
        }
        IndexBlock last = blocks.get(blocks.size() - 1);
        last.add(firstOffset, span, position, recordBytes);
        last.noteTime(millis);
    }

    /** Looks for the entry that holds {@code offset}: one of the constants above. */
    public int find(long offset) {
        if (!sealed.isEmpty() && offset < sealed.get(sealed.size() - 1).endOffset()) {
            return findSealed(offset);
        }
        int low = firstBlock;
        int high = blocks.size() - 1;
        if (low > high) {
            return ABSENT;
        }
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (blocks.get(middle).endOffset() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return found.find(blocks.get(low), offset) ? FOUND : ABSENT;
    }

    private int findSealed(long offset) {
        if (offset >= recent.firstOffset && offset < recent.endOffset) {
            return found.find(recent, offset) ? FOUND : ABSENT;
        }
        SealedRun run = sealed.get(runAt(offset));
        if (offset < run.firstOffset()) {
            return ABSENT;
        }
        Object block = blockOf(run, offset);
        if (block == null) {
            return UNLOADED;
        }
        if (IndexCache.isDamaged(block)) {
            return DAMAGED;
        }
        recent = (IndexBlock) block;
        return found.find(recent, offset) ? FOUND : ABSENT;
    }

    /** The block of {@code run} that would have {@code offset}; null where one must be read first. */
    private @Nullable Object blockOf(SealedRun run, long offset) {
        Object root = cache.get(run.segment(), run.rootAddress());
        if (root instanceof DirectoryBlock directory) {
            int index = directory.find(offset);
            Object leaf = cache.get(run.segment(), directory.address(index));
            return leaf != null ? leaf : missing(run.segment(), directory.address(index), directory.bytes(index));
        }
        return root != null ? root : missing(run.segment(), run.rootAddress(), run.rootBytes());
    }

    /**
     * Up to where offsets from {@code offset} on can be found without reading, as far as one block goes; {@code offset}
     * itself where a block must be read first, see {@link #missingSegment} and what follows.
     */
    public long loadedTo(long offset) {
        if (sealed.isEmpty() || offset >= sealed.get(sealed.size() - 1).endOffset()) {
            return Long.MAX_VALUE;
        }
        if (offset >= recent.firstOffset && offset < recent.endOffset) {
            return recent.endOffset;
        }
        SealedRun run = sealed.get(runAt(offset));
        if (offset < run.firstOffset()) {
            return run.firstOffset();
        }
        Object block = blockOf(run, offset);
        if (block == null) {
            return offset;
        }
        return Math.max(offset + 1, block instanceof IndexBlock entries ? entries.endOffset : endOfDamage(offset));
    }

    /** About how many bytes the message at {@code offset}, which is sealed, has. */
    public long sealedBytes(long offset) {
        SealedRun run = sealed.get(runAt(offset));
        return run.bytes() / Math.max(1, run.endOffset() - run.firstOffset());
    }

    /** The place of the run that ends behind {@code offset}; of the last one where none does. */
    private int runAt(long offset) {
        int low = 0;
        int high = sealed.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sealed.get(middle).endOffset() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private @Nullable Object missing(long segment, long address, int bytes) {
        missingSegment = segment;
        missingAddress = address;
        missingBytes = bytes;
        return null;
    }

    /** The segment of the block to read. */
    public long missingSegment() {
        return missingSegment;
    }

    /** Where the block to read begins. */
    public long missingAddress() {
        return missingAddress;
    }

    /** The length of the block to read. */
    public int missingBytes() {
        return missingBytes;
    }

    /** The offset of the first message of the entry found. */
    public long firstOffset() {
        return found.firstOffset();
    }

    /** How many offsets the entry found takes up. */
    public int span() {
        return found.span();
    }

    /** What the record of the entry found is in: {@link ReadBatch#LOG} or a segment. */
    public long segment() {
        return found.segment();
    }

    /** The position in the log, or the offset in the segment, of the record of the entry found. */
    public long address() {
        return found.address();
    }

    /** The length in bytes of that record. */
    public int recordBytes() {
        return found.bytes();
    }

    /**
     * Drops what ends at or before {@code floor}, as far as it goes in one piece; tells {@code gone} of sealed runs.
     */
    public void dropBelow(long floor, Consumer<SealedRun> gone) {
        while (!sealed.isEmpty() && sealed.get(0).endOffset() <= floor) {
            gone.accept(sealed.remove(0));
        }
        while (firstBlock < blocks.size() && blocks.get(firstBlock).endOffset() <= floor) {
            dropFirstBlock();
        }
    }

    private void dropFirstBlock() {
        blocks.set(firstBlock, NONE);
        firstBlock++;
        if (firstBlock == blocks.size()) {
            blocks.clear();
            firstBlock = 0;
            found.reset();
        } else if (firstBlock * 2 > blocks.size()) {
            blocks.subList(0, firstBlock).clear();
            firstBlock = 0;
        }
    }

    private void forgetFound() {
        found.reset();
        recent = NONE;
    }

    /** The position of the oldest entry that the journal holds; {@link Long#MAX_VALUE} where there is none. */
    public long firstPosition() {
        return firstBlock == blocks.size() ? Long.MAX_VALUE : blocks.get(firstBlock).baseAddress;
    }

    /** Called with each entry below a position; the cursor is valid during the call. */
    public interface Visitor {
        /** The entry that {@code entry} stands at. */
        void onEntry(IndexCursor entry);
    }

    /** Visits the entries that the journal holds below {@code position}, in order. */
    public void visitBelow(long position, Visitor visitor) {
        IndexCursor cursor = new IndexCursor();
        for (int i = firstBlock; i < blocks.size() && blocks.get(i).baseAddress < position; i++) {
            cursor.start(blocks.get(i));
            while (cursor.next() && cursor.address() < position) {
                visitor.onEntry(cursor);
            }
        }
    }

    /** Grows when entries that stay are to be found elsewhere: a place that was looked up before may be gone soon. */
    public long places() {
        return places;
    }

    /** Drops the entries that the journal holds below {@code position}. */
    public void cutBelow(long position) {
        places++;
        while (firstBlock < blocks.size() && blocks.get(firstBlock).lastAddress() < position) {
            dropFirstBlock();
        }
        if (firstBlock < blocks.size() && blocks.get(firstBlock).baseAddress < position) {
            IndexBlock rest = new IndexBlock(ReadBatch.LOG);
            IndexCursor cursor = new IndexCursor();
            cursor.start(blocks.get(firstBlock));
            while (cursor.next()) {
                if (cursor.address() >= position) {
                    rest.add(cursor.firstOffset(), cursor.span(), cursor.address(), cursor.bytes());
                }
            }
            rest.noteTime(blocks.get(firstBlock).latestMillis());
            blocks.set(firstBlock, rest);
            forgetFound();
        }
    }

    /** Adds a run, whose entries are behind all that are sealed and before all that the journal holds. */
    public void addSealed(SealedRun run) {
        sealed.add(run);
    }

    /**
     * Puts {@code by} in the place of those of {@code runs}, neighbours in their order, that are there still; null
     * takes them out. Tells {@code gone} of each of them, and returns whether there was one; where none was, nothing
     * changes.
     */
    public boolean replaceSealed(List<SealedRun> runs, @Nullable SealedRun by, Consumer<SealedRun> gone) {
        int place = -1;
        for (SealedRun each : runs) {
            int at = sealed.isEmpty() ? -1 : runAt(each.firstOffset());
            if (at >= 0 && sealed.get(at).equals(each)) {
                place = place < 0 ? at : place;
                gone.accept(sealed.remove(at));
            }
        }
        if (place < 0) {
            return false;
        }
        if (by != null) {
            sealed.add(place, by);
        }
        places++;
        forgetFound();
        return true;
    }

    /**
     * Where the entries end, from the front on, of which whole blocks and runs have no timestamp at or after {@code
     * millis}; 0 where they do not begin with such.
     */
    public long endOfEarlier(long millis) {
        long end = 0;
        for (SealedRun each : sealed) {
            if (each.latestMillis() >= millis) {
                return end;
            }
            end = each.endOffset();
        }
        for (int i = firstBlock; i < blocks.size() && blocks.get(i).latestMillis < millis; i++) {
            end = blocks.get(i).endOffset();
        }
        return end;
    }

    /**
     * Where the entries end, from the front on in whole blocks and runs, behind which {@code bytes} or more are left.
     */
    public long endOfExcess(long bytes) {
        long left = bytes();
        long end = 0;
        for (SealedRun each : sealed) {
            left -= each.bytes();
            if (left < bytes) {
                return end;
            }
            end = each.endOffset();
        }
        for (int i = firstBlock; i < blocks.size(); i++) {
            left -= blocks.get(i).recordBytes;
            if (left < bytes) {
                return end;
            }
            end = blocks.get(i).endOffset();
        }
        return end;
    }

    /** The bytes of the records of all entries, by whole blocks and runs. */
    public long bytes() {
        long bytes = 0;
        for (SealedRun each : sealed) {
            bytes += each.bytes();
        }
        for (int i = firstBlock; i < blocks.size(); i++) {
            bytes += blocks.get(i).recordBytes;
        }
        return bytes;
    }

    /** The runs and the blocks of the journal that there are: what a pass over all of them takes. */
    public int pieces() {
        return sealed.size() + blocks.size() - firstBlock;
    }

    /**
     * Looks for the first block at or behind {@code from} that may have an entry with a timestamp at or after {@code
     * millis}: {@link #FOUND}, {@link #ABSENT} or {@link #UNLOADED}. See {@link #timeOffset}.
     */
    public int findTime(long millis, long from) {
        for (int i = sealed.isEmpty() ? 0 : runAt(from); i < sealed.size(); i++) {
            SealedRun run = sealed.get(i);
            if (run.endOffset() > from && run.latestMillis() >= millis) {
                Object root = cache.get(run.segment(), run.rootAddress());
                if (root == null) {
                    missing(run.segment(), run.rootAddress(), run.rootBytes());
                    return UNLOADED;
                }
                timeOffset = root instanceof DirectoryBlock directory
                        ? directory.findTime(millis, from)
                        : Math.max(from, run.firstOffset());
                if (timeOffset >= 0) {
                    return FOUND;
                }
            }
        }
        for (int i = firstBlock; i < blocks.size(); i++) {
            if (blocks.get(i).endOffset() > from && blocks.get(i).latestMillis >= millis) {
                timeOffset = Math.max(from, blocks.get(i).firstOffset());
                return FOUND;
            }
        }
        return ABSENT;
    }

    /** Where the block that {@link #findTime} has found begins, or what it was asked to begin with. */
    public long timeOffset() {
        return timeOffset;
    }

    /** Where the entries go on behind the damaged block that would hold {@code offset}. */
    public long endOfDamage(long offset) {
        SealedRun run = sealed.get(runAt(offset));
        return cache.get(run.segment(), run.rootAddress()) instanceof DirectoryBlock directory
                ? directory.endOfBlock(directory.find(offset), run.endOffset())
                : run.endOffset();
    }

    /** The runs that are sealed, in order; a view. */
    public List<SealedRun> sealed() {
        return sealed;
    }

    /** Whether there is no entry. */
    public boolean isEmpty() {
        return sealed.isEmpty() && firstBlock == blocks.size();
    }
}

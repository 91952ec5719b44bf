package io.millrace.storage.local;

import io.millrace.base.file.FileSource;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.RegionChoice;
import io.millrace.storage.StoredRegion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Gives records of segments and of adopted files as a head in memory and a region of the file. A part of the {@link
 * JournalReader} and on its thread: so whoever releases a region, a network loop as a rule, does not close files; it
 * comes back here. After the end of the store, where there is no reader any more, who releases the last region of a
 * file closes it after all.
 */
final class RegionReader {
    private final LogRecords records;
    private final SegmentFiles segments;
    private final ByteBufAllocator allocator;
    private final Runnable whenReleased;
    private final ReadAhead ahead;
    private final Queue<Given> released = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /** A region of so many bytes of a file; part of a long read, or not. */
    private record Given(FilePlace place, long start, int bytes, boolean inLongRead) {}

    /** {@code whenReleased} wakes the reader. */
    RegionReader(
            LogRecords records,
            SegmentFiles segments,
            ReadAhead ahead,
            ByteBufAllocator allocator,
            Runnable whenReleased) {
        this.records = records;
        this.segments = segments;
        this.ahead = ahead;
        this.allocator = allocator;
        this.whenReleased = whenReleased;
    }

    /** Whether record {@code index} is one that may be wanted as a region. */
    static boolean isCandidate(ReadBatch batch, int index) {
        RegionChoice choice = batch.regionChoice();
        return choice != null && batch.bytes(index) >= choice.recordBytesMin();
    }

    /**
     * Gives record {@code index} of {@code batch}, a candidate; false where it is not wanted, or cannot be had: then it
     * is to be read into memory, and what is wrong is found there.
     */
    boolean read(int shard, ReadBatch batch, int index) {
        RegionChoice choice = batch.regionChoice();
        FilePlace place = null;
        boolean given = false;
        try {
            place = place(shard, batch, index);
            FileSource source = place == null ? null : place.file().source();
            if (choice != null && place != null && source != null) {
                given = give(batch, index, choice, place, source);
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            return false;
        } finally {
            if (place != null && !given) {
                place.letGo();
            }
        }
        return given;
    }

    private @Nullable FilePlace place(int shard, ReadBatch batch, int index) throws IOException {
        long segment = batch.segment(index);
        return segment == ReadBatch.LOG
                ? records.adoptedPlace(shard, batch.address(index), batch.bytes(index))
                : segments.place(shard, segment, batch.address(index));
    }

    private boolean give(ReadBatch batch, int index, RegionChoice choice, FilePlace place, FileSource source)
            throws IOException {
        int bytes = batch.bytes(index);
        int headBytes = Math.min(choice.headBytes(), bytes);
        ByteBuf head = allocator.directBuffer(headBytes);
        boolean given = false;
        try {
            head.writerIndex(place.file().read(head.nioBuffer(0, headBytes), place.offset()));
            int from = choice.regionFrom(head, bytes);
            if (from >= 0 && from <= head.writerIndex() && from < bytes) {
                // Who sends it must not wait for the disk, nor be the one who finds that it cannot be read.
                boolean inLongRead = ahead.loadHeld(place.file(), place.offset() + from, bytes - from);
                Given region = new Given(place, place.offset() + from, bytes - from, inLongRead);
                batch.give(
                        index,
                        head.writerIndex(from),
                        new StoredRegion(source, region.start, region.bytes, () -> comesBack(region)));
                given = true;
            }
        } finally {
            if (!given) {
                head.release();
            }
        }
        return given;
    }

    private void comesBack(Given region) {
        released.add(region);
        if (closed) {
            takeBack();
        } else {
            whenReleased.run();
        }
    }

    /** Lets the files of regions go that were released. */
    void takeBack() {
        for (Given each = released.poll(); each != null; each = released.poll()) {
            if (each.inLongRead && !closed) {
                ahead.giveBack(each.place.file(), each.start, each.start + each.bytes);
            }
            each.place.letGo();
        }
    }

    /** The reader has ended. Any thread. */
    void close() {
        closed = true;
        takeBack();
    }
}

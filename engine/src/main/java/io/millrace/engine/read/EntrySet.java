package io.millrace.engine.read;

import io.millrace.base.Check;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.RegionChoice;
import io.millrace.storage.ShardLog;
import io.millrace.storage.StoredRegion;
import io.millrace.storage.index.EntryIndex;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The entries that a delivery or a peek needs: from the tail cache at once, from disk where they have left it. Filled
 * and completed on the loop; then read by whoever it was handed to, who releases it.
 */
public final class EntrySet extends ShardReads.Read {
    private static final int[] NONE_READ = {};
    private static final StoredRegion[] NO_REGIONS = {};

    private final ShardLog log;
    private final ShardReads reads;
    private final Runnable whenComplete;
    private @Nullable ByteBuf[] entries;
    private long[] firstOffsets;
    /** Bodies that are not in memory. Empty while there are none. */
    private @Nullable StoredRegion[] bodies = NO_REGIONS;
    /** For entry i read from disk: its index in the batch plus one; 0 for one from memory. Empty while none is. */
    private int[] readIndexes = NONE_READ;

    private int size;
    /** Entries below this need nothing to be read any more, and are verified. */
    private int verified;

    private boolean complete = true;

    /** Makes a set for about {@code capacity} entries; it grows. */
    public EntrySet(int capacity, ShardLog log, ShardReads reads, Runnable whenComplete) {
        this(capacity, log, reads, whenComplete, null);
    }

    /** The same; the bodies that {@code regions} says may come as regions of files. */
    public EntrySet(
            int capacity, ShardLog log, ShardReads reads, Runnable whenComplete, @Nullable RegionChoice regions) {
        super(regions);
        this.log = log;
        this.reads = reads;
        this.whenComplete = whenComplete;
        this.entries = new ByteBuf[capacity];
        this.firstOffsets = new long[capacity];
    }

    /** Adds the entry that {@code index} has found, unless it is the one added last; returns its place in the set. */
    public int addFound(EntryIndex index) {
        if (size > 0 && firstOffsets[size - 1] == index.firstOffset()) {
            return size - 1;
        }
        if (size == entries.length) {
            int capacity = Math.max(4, size * 2);
            entries = Arrays.copyOf(entries, capacity);
            firstOffsets = Arrays.copyOf(firstOffsets, capacity);
        }
        firstOffsets[size] = index.firstOffset();
        ByteBuf record = index.segment() == LOG ? log.readTail(index.address(), index.recordBytes()) : null;
        if (record != null) {
            entries[size] = record.skipBytes(EntryRecord.ENVELOPE_AT);
        } else {
            if (size >= readIndexes.length) {
                readIndexes = Arrays.copyOf(readIndexes, entries.length);
            }
            readIndexes[size] = add(index.segment(), index.address(), index.recordBytes()) + 1;
        }
        return size++;
    }

    /** How many entries there are. */
    public int size() {
        return size;
    }

    /** Starts reading what is not there; {@code whenComplete} runs later if that is needed. Returns whether it is. */
    public boolean startReading() {
        if (count() > 0) {
            complete = false;
            reads.begin(this);
        }
        return !complete;
    }

    /** Whether nothing has to be read any more. */
    public boolean isComplete() {
        return complete;
    }

    @Override
    public void onPart(int end) {
        verify(end);
    }

    @Override
    void onRead() {
        verify(count());
        complete = true;
        whenComplete.run();
    }

    /** Verifies the entries that were read, up to index {@code end} of the batch. */
    private void verify(int end) {
        EntryEnvelope envelope = new EntryEnvelope();
        for (; verified < Math.min(size, readIndexes.length); verified++) {
            int index = readIndexes[verified] - 1;
            if (index >= end) {
                return;
            }
            if (index >= 0) {
                verify(verified, index, envelope);
            }
        }
    }

    private void verify(int entry, int index, EntryEnvelope envelope) {
        ByteBuf record = take(index);
        StoredRegion body = takeRegion(index);
        if (record == null) {
            return;
        }
        try {
            String place = segment(index) == LOG
                    ? "the entry at position " + address(index)
                    : "the entry at offset " + address(index) + " of segment " + segment(index);
            if (body == null) {
                EntryRecord.verify(record, envelope, place);
            } else {
                EntryRecord.verifyHead(record, bytes(index), envelope, place);
            }
            if (EntryRecord.namesPlace(record) && envelope.firstOffset != firstOffsets[entry]) {
                throw new CorruptEntryException(place, "it is another entry than was asked for");
            }
            entries[entry] = record.skipBytes(EntryRecord.ENVELOPE_AT);
        } catch (CorruptEntryException e) {
            record.release();
            ReferenceCountUtil.release(body);
            fail(index, e);
            return;
        }
        if (body != null) {
            if (entry >= bodies.length) {
                bodies = Arrays.copyOf(bodies, entries.length);
            }
            bodies[entry] = body;
        }
    }

    /** The entry at {@code place}, from its envelope on; not retained. Null where it {@link #failureAt failed}. */
    public @Nullable ByteBuf entry(int place) {
        return entries[place];
    }

    /** The body of the entry at {@code place} where it is a region, not retained; null where it is in memory. */
    public @Nullable StoredRegion body(int place) {
        return place < bodies.length ? bodies[place] : null;
    }

    /** Why the entry at {@code place} cannot be read. */
    public Exception failureAt(int place) {
        return Check.notNull(failure(readIndexes[place] - 1), "asked for a failure that is none");
    }

    /** The offset of the first message of the entry at {@code place}. */
    public long firstOffset(int place) {
        return firstOffsets[place];
    }

    /** Gives the memory back. */
    public void release() {
        for (int i = 0; i < size; i++) {
            ByteBuf entry = entries[i];
            if (entry != null) {
                entry.release();
                entries[i] = null;
            }
        }
        for (int i = 0; i < bodies.length; i++) {
            ReferenceCountUtil.release(bodies[i]);
            bodies[i] = null;
        }
    }
}

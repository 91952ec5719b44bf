package io.millrace.engine.record;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryRecord;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The logs that share an entry, and for each the offset that the first message has there: what stands behind the body
 * in a record of them, {@value #BYTES} bytes each. Reused; not thread-safe.
 */
public final class Destinations {
    /** The bytes of one. */
    public static final int BYTES = 2 * Long.BYTES;

    private long[] logIds = new long[16];
    private long[] firstOffsets = new long[16];
    private int size;

    /** Forgets all of them. */
    public void clear() {
        size = 0;
    }

    /** Adds a log that is not there yet. */
    public void add(long logId, long firstOffset) {
        if (size == logIds.length) {
            logIds = Arrays.copyOf(logIds, size * 2);
            firstOffsets = Arrays.copyOf(firstOffsets, size * 2);
        }
        logIds[size] = logId;
        firstOffsets[size] = firstOffset;
        size++;
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /** The log of {@code index}. */
    public long logId(int index) {
        return logIds[index];
    }

    /** The offset of the first message in the log of {@code index}. */
    public long firstOffset(int index) {
        return firstOffsets[index];
    }

    void writeTo(ByteBuf target) {
        for (int i = 0; i < size; i++) {
            target.writeLong(logIds[i]).writeLong(firstOffsets[i]);
        }
    }

    /**
     * Reads those of {@code record}, which is of the shared kind, instead of those that were here. There are none in a
     * record that a segment holds. {@code place} names the record in the failure.
     */
    public void read(ByteBuf record, String place) throws CorruptEntryException {
        clear();
        int entryBytes = EntryRecord.withoutList(record).readableBytes();
        int listBytes = record.readableBytes() - entryBytes;
        if (listBytes % BYTES != 0) {
            throw new CorruptEntryException(place, "the list of its logs has " + listBytes + " bytes");
        }
        for (int at = record.readerIndex() + entryBytes; at < record.writerIndex(); at += BYTES) {
            add(record.getLong(at), record.getLong(at + Long.BYTES));
        }
    }
}

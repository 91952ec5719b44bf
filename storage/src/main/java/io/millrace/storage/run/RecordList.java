package io.millrace.storage.run;

import java.util.Arrays;
import java.util.Objects;

/** Records in the order in which they were added, 24 bytes each. Not thread-safe. */
public final class RecordList {
    private long[] records = {};
    private int count;

    /** How many there are. */
    public int count() {
        return count;
    }

    /** The key of record {@code index}. */
    public long key(int index) {
        return records[Objects.checkIndex(index, count) * 3];
    }

    /** The second key of record {@code index}. */
    public long sub(int index) {
        return records[Objects.checkIndex(index, count) * 3 + 1];
    }

    /** The value of record {@code index}. */
    public long value(int index) {
        return records[Objects.checkIndex(index, count) * 3 + 2];
    }

    void add(long key, long sub, long value) {
        if (count * 3 == records.length) {
            records = Arrays.copyOf(records, Math.max(24, records.length * 2));
        }
        records[count * 3] = key;
        records[count * 3 + 1] = sub;
        records[count * 3 + 2] = value;
        count++;
    }
}

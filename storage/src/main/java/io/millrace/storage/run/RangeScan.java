package io.millrace.storage.run;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A question to an {@link OrderedIndex}: the records of one key whose subs lie in a range, which may be a single one.
 * Made by the owner, answered on its loop. Records that were there all the time are found; those that were added or
 * taken meanwhile may be.
 */
public abstract class RangeScan {
    private final long key;
    private final long fromSub;
    private final long toSub;
    private final int recordsMax;
    private final RecordList records = new RecordList();
    private boolean isDamaged;
    private @Nullable IOException failure;

    /**
     * Asks for the records of {@code key} with subs from {@code fromSub} to {@code toSub}, both inclusive: the first
     * {@code recordsMax} of them, 1 or more, and those with the same sub as the last of these.
     */
    protected RangeScan(long key, long fromSub, long toSub, int recordsMax) {
        if (fromSub > toSub || recordsMax < 1) {
            throw new IllegalArgumentException("a scan of " + recordsMax + " records from " + fromSub + " to " + toSub);
        }
        this.key = key;
        this.fromSub = fromSub;
        this.toSub = toSub;
        this.recordsMax = recordsMax;
    }

    /** What was found, in order. */
    public final RecordList records() {
        return records;
    }

    /** Whether a block of records was damaged in which there may have been more. */
    public final boolean isDamaged() {
        return isDamaged;
    }

    /** Why it could not be answered; null where it could. What was found then is a part of it. */
    public final @Nullable IOException failure() {
        return failure;
    }

    /** It is answered, and was not when it was asked. On the owner's loop. */
    public abstract void onComplete();

    final long key() {
        return key;
    }

    final long fromSub() {
        return fromSub;
    }

    final long toSub() {
        return toSub;
    }

    /** Whether this record is not wanted any more, nor any behind it. */
    final boolean endsBefore(long nextKey, long nextSub) {
        int count = records.count();
        return nextKey != key || nextSub > toSub || (count >= recordsMax && nextSub != records.sub(count - 1));
    }

    final void setDamaged() {
        isDamaged = true;
    }

    final void setFailure(IOException reason) {
        failure = reason;
    }
}

package io.millrace.storage.run;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A question to an {@link OrderedIndex} about records that lie together. Made by the owner, answered on its loop.
 * Records that were there all the time are found; those that were added or taken meanwhile may be.
 */
public abstract class IndexScan {
    private final long fromKey;
    private final long fromSub;
    private final long fromValue;
    private boolean isDamaged;
    private @Nullable IOException failure;

    /** Asks for records from this one on. */
    IndexScan(long fromKey, long fromSub, long fromValue) {
        this.fromKey = fromKey;
        this.fromSub = fromSub;
        this.fromValue = fromValue;
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

    final long fromKey() {
        return fromKey;
    }

    final long fromSub() {
        return fromSub;
    }

    final long fromValue() {
        return fromValue;
    }

    /** Whether a record of this key and sub is not wanted any more, nor any behind it. */
    abstract boolean endsBefore(long nextKey, long nextSub);

    /** Takes the next record, each once. */
    abstract void take(long key, long sub, long value);

    /** Whether {@code run} may have something that is wanted. */
    boolean mayBeIn(Run run) {
        return true;
    }

    final void setDamaged() {
        isDamaged = true;
    }

    final void setFailure(IOException reason) {
        failure = reason;
    }
}

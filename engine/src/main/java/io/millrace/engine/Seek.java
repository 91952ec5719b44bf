package io.millrace.engine;

/**
 * Has a subscription begin at an offset: all before is settled for it, and nothing from there on, whatever became of
 * these messages before; leases that it has on them end. A door subclasses it; {@link Subscriptions} take it, and
 * exactly one outcome is called on the shard's loop.
 */
public abstract class Seek implements Completion {
    /** Where the first message is that the log still keeps. */
    public static final long EARLIEST = 0;
    /** Where messages will be that are not there yet. */
    public static final long LATEST = Long.MAX_VALUE;

    private final long fromOffset;
    private long offset;

    /** At {@code fromOffset}; where the log does not reach so far, at its end that is nearer. */
    protected Seek(long fromOffset) {
        this.fromOffset = fromOffset;
    }

    long fromOffset() {
        return fromOffset;
    }

    void setOffset(long offset) {
        this.offset = offset;
    }

    /** The subscription goes on at {@code offset}, and that is on stable storage. */
    protected abstract void onPositioned(long offset);

    /** Nothing is changed, but see {@link Refusal#STORAGE_FAILED}. */
    protected abstract void onRefused(Refusal reason);

    @Override
    public final void onSynced(Shard shard) {
        onPositioned(offset);
    }

    @Override
    public final void onLost(Refusal reason) {
        onRefused(reason);
    }
}

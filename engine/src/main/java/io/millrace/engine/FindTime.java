package io.millrace.engine;

/**
 * A search for the first entry of a log that has a message with a timestamp at or after a moment. Timestamps need not
 * grow with the offsets. A door subclasses it; {@link Shard#findTime} takes it, and exactly one outcome is called on
 * the shard's loop.
 */
public abstract class FindTime {
    private final long millis;

    /** Searches for {@code millis}, epoch milliseconds. */
    protected FindTime(long millis) {
        this.millis = millis;
    }

    /** The entry at {@code offset}, the greatest timestamp of which is {@code timestampMillis}, is the first one. */
    protected abstract void onFound(long offset, long timestampMillis);

    /** There is none. */
    protected abstract void onNone();

    /** Nothing can be had of the log. */
    protected abstract void onRefused(Refusal reason);

    long millis() {
        return millis;
    }
}

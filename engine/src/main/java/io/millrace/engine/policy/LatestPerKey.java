package io.millrace.engine.policy;

/**
 * That of messages with the same key only the latest is kept, sooner or later. Messages without a key are kept for as
 * long as the log keeps messages.
 *
 * @param keys finds the keys
 * @param dirtyRatio the part of the log, above 0 and up to 1, that was not looked at yet when it is looked at again
 * @param tombstoneMillis how long a tombstone, which says that there is no value for a key, is kept for those who read
 *     the log, after its timestamp
 */
public record LatestPerKey(MessageKeys keys, double dirtyRatio, long tombstoneMillis) {
    /** Checks the ranges. */
    public LatestPerKey {
        if (!(dirtyRatio > 0 && dirtyRatio <= 1) || tombstoneMillis < 0) {
            throw new IllegalArgumentException("a ratio is above 0 and up to 1, tombstones are kept for 0 ms or more");
        }
    }
}

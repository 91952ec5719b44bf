package io.millrace.engine;

/**
 * Bounds that keep memory bounded whatever clients do.
 *
 * @param unsyncedBytesMax bytes, of all shards together, that may wait to be synced before publishes are refused
 * @param leasesPerQueueMax messages of one queue that may be leased at a time
 */
public record EngineLimits(long unsyncedBytesMax, int leasesPerQueueMax) {
    /** What a broker uses unless it is told otherwise. */
    public static final EngineLimits DEFAULT = new EngineLimits(64L << 20, 1_000_000);
}

package io.millrace.engine.policy;

/**
 * Bounds that keep memory, and what is done in one go, bounded whatever clients do.
 *
 * @param unsyncedBytesMax bytes, of all shards together, that may wait to be synced before publishes are refused
 * @param leasesPerQueueMax messages of one queue that may be leased at a time
 * @param compactionBytesMax bytes of living entries that a shard writes anew in one go, to have old segments back; as
 *     much space is taken beside them until they go. A single run of a log may be larger
 * @param indexRecordsMax records that an index has in memory before it writes them to disk, about 40 bytes each; a
 *     shard has three by time, one by key, and of each queue that needs it one by priority and one by group, which
 *     together have eight times as many, but for those that are too small to be worth a file
 */
public record EngineLimits(long unsyncedBytesMax, int leasesPerQueueMax, long compactionBytesMax, int indexRecordsMax) {
    private static final long COMPACTION_BYTES_MAX = 32L << 20;
    private static final int INDEX_RECORDS_MAX = 16_384;

    /** What a broker uses unless it is told otherwise. */
    public static final EngineLimits DEFAULT = new EngineLimits(64L << 20, 1_000_000);

    /** The same with the bounds of compaction and indexes that suit a broker. */
    public EngineLimits(long unsyncedBytesMax, int leasesPerQueueMax) {
        this(unsyncedBytesMax, leasesPerQueueMax, COMPACTION_BYTES_MAX, INDEX_RECORDS_MAX);
    }
}

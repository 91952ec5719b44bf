package io.millrace.storage.local;

/**
 * How the local store is laid out.
 *
 * @param shards the number of shard logs
 * @param fileBytes the size of a journal file, a multiple of 4096
 * @param spareFiles how many files are prepared ahead
 * @param tailCacheBytes memory for records that were written last, over all shards
 * @param chunkBytes the piece in which that memory is taken; at least one per active shard
 * @param groupsAhead how many groups may be written while one is being synced
 * @param journalBytes the size of the journal beyond which its oldest file is given up: what lives in it is moved or
 *     adopted. A start replays about as much
 * @param reserveSyncBytes how much a sync has to write on average for the space of new journal files to be reserved
 *     instead of filled with zeros
 * @param limits from where on no new messages are taken
 */
public record LocalStoreOptions(
        int shards,
        long fileBytes,
        int spareFiles,
        long tailCacheBytes,
        int chunkBytes,
        int groupsAhead,
        long journalBytes,
        long reserveSyncBytes,
        SpaceLimits limits) {
    private static final int FRAME_BYTES_MAX = 1 << 20;
    private static final int GROUP_BYTES_MAX = 8 << 20;
    static final int SHARDS_MAX = 1024;
    private static final int GROUPS_AHEAD_MAX = 64;
    /** By measurement, see docs/decisions/0015. */
    private static final long RESERVE_SYNC_BYTES = 128 << 10;

    /** What a broker uses unless it is told otherwise. */
    public static final LocalStoreOptions DEFAULT =
            new LocalStoreOptions(16, 64L << 20, 1, 64L << 20, 256 << 10, 1, 256L << 20);

    /** Checks the ranges, and that every record finds room in an empty file. */
    public LocalStoreOptions {
        if (shards < 1 || shards > SHARDS_MAX) {
            throw new IllegalArgumentException("there are 1 to " + SHARDS_MAX + " shards");
        }
        if (spareFiles < 1 || groupsAhead < 0 || groupsAhead > GROUPS_AHEAD_MAX) {
            throw new IllegalArgumentException("spare files are at least 1, groups ahead 0 to " + GROUPS_AHEAD_MAX);
        }
        if (journalBytes < 0) {
            throw new IllegalArgumentException("the journal has 0 bytes or more");
        }
        if (tailCacheBytes < 0 || reserveSyncBytes < 0) {
            throw new IllegalArgumentException("the tail cache and a sync have 0 bytes or more");
        }
        if (fileBytes % JournalFormat.BLOCK_BYTES != 0
                || fileBytes > Integer.MAX_VALUE
                || fileBytes < 4L * chunkBytes) {
            throw new IllegalArgumentException(
                    "a journal file is a multiple of 4096 bytes, below 2 GiB, and holds at least four chunks");
        }
        if (chunkBytes < JournalFormat.BLOCK_BYTES || chunkBytes > FRAME_BYTES_MAX) {
            throw new IllegalArgumentException("a chunk has 4 KiB to 1 MiB");
        }
        if (groupBytesMax(fileBytes) < emptyGroupBytes(shards) + JournalFormat.FRAME_HEADER_BYTES + chunkBytes) {
            throw new IllegalArgumentException("a journal file of " + fileBytes + " bytes is too small for a chunk of "
                    + chunkBytes + " bytes and " + shards + " shards");
        }
        long least = SpaceLimits.bytesMaxLeast(journalBytes, fileBytes, spareFiles, shards, limits.unsyncedBytesMax());
        if (limits.bytesMax() < least) {
            throw new IllegalArgumentException(
                    "a data directory of " + limits.bytesMax() + " bytes is too small, the least is " + least);
        }
    }

    /** Without limits of space. */
    public LocalStoreOptions(
            int shards,
            long fileBytes,
            int spareFiles,
            long tailCacheBytes,
            int chunkBytes,
            int groupsAhead,
            long journalBytes) {
        this(shards, fileBytes, spareFiles, tailCacheBytes, chunkBytes, groupsAhead, journalBytes, SpaceLimits.NONE);
    }

    /** With new files reserved or filled as measurements have it. */
    public LocalStoreOptions(
            int shards,
            long fileBytes,
            int spareFiles,
            long tailCacheBytes,
            int chunkBytes,
            int groupsAhead,
            long journalBytes,
            SpaceLimits limits) {
        this(
                shards,
                fileBytes,
                spareFiles,
                tailCacheBytes,
                chunkBytes,
                groupsAhead,
                journalBytes,
                RESERVE_SYNC_BYTES,
                limits);
    }

    /** The most bytes of one frame: a chunk always fits into one. */
    int frameBytesMax() {
        return (int) Math.min(FRAME_BYTES_MAX, fileBytes / 2);
    }

    /** The most bytes of one group without its padding. */
    long groupBytesMax() {
        return groupBytesMax(fileBytes);
    }

    /** The bytes of a group that says where every shard stands, and nothing else. */
    int emptyGroupBytes() {
        return emptyGroupBytes(shards);
    }

    private static long groupBytesMax(long fileBytes) {
        return Math.min(GROUP_BYTES_MAX, fileBytes - 2L * JournalFormat.BLOCK_BYTES);
    }

    private static int emptyGroupBytes(int shards) {
        return JournalFormat.GROUP_HEADER_BYTES + shards * JournalFormat.FRAME_HEADER_BYTES;
    }

    /** The same with other values for the layout of files and memory; small ones suit tests. */
    public LocalStoreOptions withSizes(long newFileBytes, long newTailCacheBytes, int newChunkBytes) {
        return new LocalStoreOptions(
                shards,
                newFileBytes,
                spareFiles,
                newTailCacheBytes,
                newChunkBytes,
                groupsAhead,
                journalBytes,
                reserveSyncBytes,
                limits);
    }

    /** The same with another size of the journal. */
    public LocalStoreOptions withJournalBytes(long newJournalBytes) {
        return new LocalStoreOptions(
                shards,
                fileBytes,
                spareFiles,
                tailCacheBytes,
                chunkBytes,
                groupsAhead,
                newJournalBytes,
                reserveSyncBytes,
                limits);
    }

    /** The same with another number of shards. */
    public LocalStoreOptions withShards(int newShards) {
        return new LocalStoreOptions(
                newShards,
                fileBytes,
                spareFiles,
                tailCacheBytes,
                chunkBytes,
                groupsAhead,
                journalBytes,
                reserveSyncBytes,
                limits);
    }

    /** The same with another measure for reserving new files; 0 is always, {@link Long#MAX_VALUE} never. */
    public LocalStoreOptions withReserveSyncBytes(long newReserveSyncBytes) {
        return new LocalStoreOptions(
                shards,
                fileBytes,
                spareFiles,
                tailCacheBytes,
                chunkBytes,
                groupsAhead,
                journalBytes,
                newReserveSyncBytes,
                limits);
    }

    /** The same with other limits of space. */
    public LocalStoreOptions with(SpaceLimits newLimits) {
        return new LocalStoreOptions(
                shards,
                fileBytes,
                spareFiles,
                tailCacheBytes,
                chunkBytes,
                groupsAhead,
                journalBytes,
                reserveSyncBytes,
                newLimits);
    }

    /** The number of files beyond which the oldest is given up. */
    int journalFilesMax() {
        return (int) journalFilesMax(journalBytes, fileBytes);
    }

    /** The number of files beyond which new messages wait until the oldest has left. */
    int journalFilesBehind() {
        return Math.max(2 * journalFilesMax(), journalFilesMax() + 2);
    }

    static long journalFilesMax(long journalBytes, long fileBytes) {
        return Math.max(1, journalBytes / fileBytes);
    }
}

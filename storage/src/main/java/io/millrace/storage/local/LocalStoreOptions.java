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
 */
public record LocalStoreOptions(
        int shards, long fileBytes, int spareFiles, long tailCacheBytes, int chunkBytes, int groupsAhead) {
    private static final int FRAME_BYTES_MAX = 1 << 20;
    private static final int GROUP_BYTES_MAX = 8 << 20;

    /** What a broker uses unless it is told otherwise. */
    public static final LocalStoreOptions DEFAULT = new LocalStoreOptions(16, 64L << 20, 1, 64L << 20, 256 << 10, 1);

    /** Checks the ranges, and that every record finds room in an empty file. */
    public LocalStoreOptions {
        if (shards < 1 || spareFiles < 1 || groupsAhead < 0) {
            throw new IllegalArgumentException("shards and spare files are at least 1, groups ahead at least 0");
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
    }

    /** The most bytes of one frame: a chunk always fits into one. */
    int frameBytesMax() {
        return (int) Math.min(FRAME_BYTES_MAX, fileBytes / 2);
    }

    /** The most bytes of one group without its padding. */
    long groupBytesMax() {
        return Math.min(GROUP_BYTES_MAX, fileBytes - 2L * JournalFormat.BLOCK_BYTES);
    }

    /** The same with other values for the layout of files and memory; small ones suit tests. */
    public LocalStoreOptions withSizes(long newFileBytes, long newTailCacheBytes, int newChunkBytes) {
        return new LocalStoreOptions(shards, newFileBytes, spareFiles, newTailCacheBytes, newChunkBytes, groupsAhead);
    }

    /** The same with another number of shards. */
    public LocalStoreOptions withShards(int newShards) {
        return new LocalStoreOptions(newShards, fileBytes, spareFiles, tailCacheBytes, chunkBytes, groupsAhead);
    }
}

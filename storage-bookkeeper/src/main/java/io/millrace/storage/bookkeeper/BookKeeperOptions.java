package io.millrace.storage.bookkeeper;

import java.util.regex.Pattern;

/**
 * Where the store is, and how it is laid out.
 *
 * @param zooKeeper the ZooKeeper servers, as {@code host:port,host:port}
 * @param root the node under which the store keeps what it knows, as {@code /millrace}
 * @param ledgersRoot the node under which the BookKeeper cluster keeps its metadata, {@code /ledgers} by default
 * @param replication how many bookies keep each entry
 * @param shards the number of shard logs
 * @param sizes the sizes of ledgers, entries and memory
 * @param sessionMillis after how long without contact ZooKeeper ends a session
 * @param addMillis how long an entry may take before its bookie counts as lost, in whole seconds
 * @param repairMillis how long a log tries to go on in another ledger before it fails
 */
public record BookKeeperOptions(
        String zooKeeper,
        String root,
        String ledgersRoot,
        Replication replication,
        int shards,
        Sizes sizes,
        int sessionMillis,
        int addMillis,
        int repairMillis) {
    /** The most shards that a store can have. */
    public static final int SHARDS_MAX = 1024;

    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_.-]+)+");

    /** Checks the ranges. */
    public BookKeeperOptions {
        if (shards < 1 || shards > SHARDS_MAX) {
            throw new IllegalArgumentException("there are 1 to " + SHARDS_MAX + " shards");
        }
        if (!PATH.matcher(root).matches() || !PATH.matcher(ledgersRoot).matches()) {
            throw new IllegalArgumentException("a root is a path such as /millrace, not " + root + ", " + ledgersRoot);
        }
        if (sessionMillis < 1000 || addMillis < 1000 || addMillis % 1000 != 0 || repairMillis < 0) {
            throw new IllegalArgumentException("a session and an entry have at least 1000 ms");
        }
    }

    /** What a broker uses unless it is told otherwise. */
    public static BookKeeperOptions of(String zooKeeper) {
        return new BookKeeperOptions(
                zooKeeper, "/millrace", "/ledgers", Replication.DEFAULT, 16, Sizes.DEFAULT, 10_000, 5000, 60_000);
    }

    /** The same with another root. */
    public BookKeeperOptions withRoot(String newRoot) {
        return new BookKeeperOptions(
                zooKeeper, newRoot, ledgersRoot, replication, shards, sizes, sessionMillis, addMillis, repairMillis);
    }

    /** The same with another replication. */
    public BookKeeperOptions withReplication(Replication newReplication) {
        return new BookKeeperOptions(
                zooKeeper, root, ledgersRoot, newReplication, shards, sizes, sessionMillis, addMillis, repairMillis);
    }

    /** The same with another number of shards. */
    public BookKeeperOptions withShards(int newShards) {
        return new BookKeeperOptions(
                zooKeeper, root, ledgersRoot, replication, newShards, sizes, sessionMillis, addMillis, repairMillis);
    }

    /** The same with other sizes; small ones suit tests. */
    public BookKeeperOptions withSizes(Sizes newSizes) {
        return new BookKeeperOptions(
                zooKeeper, root, ledgersRoot, replication, shards, newSizes, sessionMillis, addMillis, repairMillis);
    }

    /** The same with other times to wait. */
    public BookKeeperOptions withTimes(int newSessionMillis, int newAddMillis, int newRepairMillis) {
        return new BookKeeperOptions(
                zooKeeper,
                root,
                ledgersRoot,
                replication,
                shards,
                sizes,
                newSessionMillis,
                newAddMillis,
                newRepairMillis);
    }

    /**
     * Sizes in bytes.
     *
     * @param ledgerBytes how much of a log goes into one ledger
     * @param logBytes how much of all logs together is kept, adopted extents aside, before the longest are to be
     *     trimmed; a start replays about as much, and what is in ledgers that are not full
     * @param entryBytes the most of an entry of a ledger
     * @param entriesInFlight how many entries of a log may be on their way at once
     * @param tailCacheBytes memory for records that were written last, over all shards
     * @param chunkBytes the piece in which that memory is taken; at least one per active shard
     * @param pieceBytes the pieces in which segments are written
     */
    public record Sizes(
            long ledgerBytes,
            long logBytes,
            int entryBytes,
            int entriesInFlight,
            long tailCacheBytes,
            int chunkBytes,
            int pieceBytes) {
        private static final int ENTRY_BYTES_MAX = 4 << 20;

        /** What a broker uses unless it is told otherwise. */
        public static final Sizes DEFAULT =
                new Sizes(32L << 20, 256L << 20, 512 << 10, 8, 64L << 20, 256 << 10, 64 << 10);

        /** Checks the ranges, and that a chunk fits into an entry: records are split only where they are larger. */
        public Sizes {
            if (chunkBytes < 4096 || entryBytes < chunkBytes || entryBytes > ENTRY_BYTES_MAX) {
                throw new IllegalArgumentException("a chunk has at least 4 KiB, an entry at least a chunk, and 4 MiB");
            }
            if (ledgerBytes < entryBytes || logBytes < ledgerBytes) {
                throw new IllegalArgumentException("a ledger holds at least an entry, a log at least a ledger");
            }
            if (entriesInFlight < 1 || tailCacheBytes < 0 || pieceBytes < 4096 || pieceBytes > ENTRY_BYTES_MAX) {
                throw new IllegalArgumentException("one entry or more in flight, a piece of 4 KiB to 4 MiB");
            }
        }
    }
}

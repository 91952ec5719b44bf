package io.millrace.storage;

/**
 * Where a store on a cluster is, and how it is laid out.
 *
 * @param zooKeeper the servers that know the cluster, as {@code host:port,host:port}
 * @param root the node under which the store keeps what it knows, as {@code /millrace}
 * @param ledgersRoot the node under which the cluster keeps its metadata, as {@code /ledgers}
 * @param ensemble over how many machines a part of a log is spread
 * @param writeQuorum to how many of them each record is sent
 * @param ackQuorum how many of those must have it before it counts
 * @param shards the number of shards
 * @param partBytes how much of a log goes into one part, which is deleted as a whole
 * @param logBytes how much of all logs together is kept before old parts are given up; at least one part is
 * @param tailCacheBytes memory for records that were written last, over all shards
 * @param entryMillis how long a machine may take before it counts as lost
 * @param repairMillis how long it is tried to go on elsewhere before a log fails
 */
public record ClusterStoreOptions(
        String zooKeeper,
        String root,
        String ledgersRoot,
        int ensemble,
        int writeQuorum,
        int ackQuorum,
        int shards,
        long partBytes,
        long logBytes,
        long tailCacheBytes,
        int entryMillis,
        int repairMillis) {}

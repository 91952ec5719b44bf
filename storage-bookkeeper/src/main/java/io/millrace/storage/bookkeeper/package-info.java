/**
 * Shard logs and segments on Apache BookKeeper, with what belongs to a shard in one node of ZooKeeper (layout and crash
 * points: docs/internals/bookkeeper.md, formats: docs/formats/bookkeeper.md).
 *
 * <p>Threads. A {@link io.millrace.storage.bookkeeper.LedgerShardLog} belongs to its shard's loop, which fills memory
 * and hands over positions. One agent, the writer, makes entries of that for all shards, and owns what changes
 * ledgers: rolling and repair. Another one does the segment jobs; its calls block. Reads run on the threads of the
 * BookKeeper client. What a shard's node holds is changed through {@link io.millrace.storage.bookkeeper.ShardNode}
 * only, by any of them.
 *
 * <p>Invariants. A node is changed by compare-and-set, and by the owner with the newest epoch. Nothing is appended to a
 * ledger that its shard's node does not name. Every ledger of a log but the last is closed. Nothing is deleted before a
 * node has ceased to name it. After a shard has failed or was taken over, nothing of it is reported as synced.
 */
@NullMarked
package io.millrace.storage.bookkeeper;

import org.jspecify.annotations.NullMarked;

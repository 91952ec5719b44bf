package io.millrace.storage.bookkeeper;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.bookkeeper.client.api.WriteHandle;

/**
 * What the parts of one shard share: its node, its ledgers, and where to run what has to wait. Any thread.
 *
 * @param shard the shard
 * @param epoch the epoch of this owner
 * @param node the shard's node
 * @param reader reads the shard's ledgers
 * @param ledgers the client of BookKeeper
 * @param handles the ledgers that are open to be read
 * @param agent runs what is the writer's
 * @param later runs what is tried again, after a pause
 * @param counters what is counted
 */
record ShardLink(
        int shard,
        long epoch,
        ShardNode node,
        ShardReader reader,
        Ledgers ledgers,
        LedgerHandles handles,
        WriterAgent agent,
        Executor later,
        BookKeeperCounters counters) {
    CompletableFuture<WriteHandle> create(LedgerKind kind) {
        return ledgers.create(shard, epoch, kind);
    }

    /** Deletes a ledger that no node names, or none any more. */
    void deleteUnnamed(long ledger) {
        reader.forget(ledger);
        var unused = ledgers.delete(ledger).thenRun(counters.deletedLedgers::increment);
    }
}

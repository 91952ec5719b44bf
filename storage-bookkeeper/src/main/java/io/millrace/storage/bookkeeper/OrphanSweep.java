package io.millrace.storage.bookkeeper;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.bookkeeper.client.api.LedgersIterator;
import org.apache.bookkeeper.client.api.ListLedgersResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the ledgers that earlier owners of our shards have made and that no node names: their process has died in
 * between. They are recognised by their tag. An owner of an older epoch cannot name anything any more, so what it has
 * not named by now it never will. On a thread of its own, some time after the start.
 */
final class OrphanSweep implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanSweep.class);
    private static final long STEP_MILLIS_MAX = 60_000;

    private final Ledgers ledgers;
    private final BookKeeperCounters counters;
    private final long epoch;
    private final Map<Integer, Set<Long>> named;
    private volatile boolean closing;

    /**
     * {@code named} has the ledgers that the node of each shard of ours named when it was claimed with {@code epoch}.
     */
    OrphanSweep(Ledgers ledgers, BookKeeperCounters counters, long epoch, Map<Integer, Set<Long>> named) {
        this.ledgers = ledgers;
        this.counters = counters;
        this.epoch = epoch;
        this.named = named;
    }

    @Override
    public void run() {
        try (ListLedgersResult all = Futures.await(ledgers.list(), STEP_MILLIS_MAX, "list of ledgers")) {
            LedgersIterator each = all.iterator();
            while (!closing && each.hasNext()) {
                look(each.next());
            }
        } catch (Exception e) {
            if (!closing) {
                LOG.warn("unused ledgers could not be looked for, the next start tries again: {}", e.toString());
            }
        }
    }

    void close() {
        closing = true;
    }

    private void look(long ledger) throws IOException {
        LedgerTag tag;
        try {
            tag = LedgerTag.of(Futures.await(ledgers.metadata(ledger), STEP_MILLIS_MAX, "ledger " + ledger)
                    .getCustomMetadata());
        } catch (IOException e) {
            if (Ledgers.isGone(e)) {
                return;
            }
            throw e;
        }
        if (tag == null || !tag.store().equals(ledgers.store()) || tag.epoch() >= epoch) {
            return;
        }
        Set<Long> ofShard = named.get(tag.shard());
        if (ofShard != null && !ofShard.contains(ledger)) {
            LOG.info("deleting ledger {}, which shard {} has never used: {}", ledger, tag.shard(), tag.kind());
            counters.orphans.increment();
            Futures.await(ledgers.delete(ledger), STEP_MILLIS_MAX, "ledger " + ledger);
        }
    }
}

package io.millrace.storage.bookkeeper;

import io.millrace.base.Clock;
import io.millrace.storage.OwnershipLostException;
import io.millrace.storage.bookkeeper.Nodes.Node;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a shard over: fences who writes to its last ledger, and has its node name this owner's epoch and a new ledger.
 * Whatever the owner before does meanwhile, it does at an older epoch; so the claim is tried again with what it has
 * left, until the node is ours. An owner with a newer epoch has it for good. On a thread that may wait.
 */
final class ShardClaim {
    private static final Logger LOG = LoggerFactory.getLogger(ShardClaim.class);
    private static final long STEP_MILLIS_MAX = 60_000;

    /** The owner before can come between a few times, while it does not know yet. */
    private static final int TRIES_MAX = 20;

    private final BookKeeperOptions options;
    private final Clock clock;
    private final Later later;
    private final Nodes nodes;
    private final StoreNodes storeNodes;
    private final Ledgers ledgers;
    private final int shard;
    private final long epoch;
    private final String path;
    private @Nullable WriteHandle made;

    /** A shard that is ours: what its node says, with its version, and the open ledger, which is empty. */
    record Claimed(int shard, ShardState state, int version, WriteHandle ledger) {}

    ShardClaim(StoreOpening opening, StoreNodes storeNodes, Ledgers ledgers, int shard, long epoch) {
        this.options = opening.options;
        this.clock = opening.clock;
        this.later = opening.later;
        this.nodes = opening.nodes;
        this.storeNodes = storeNodes;
        this.ledgers = ledgers;
        this.shard = shard;
        this.epoch = epoch;
        this.path = storeNodes.shard(shard);
    }

    /** Throws where somebody else has the shard, or where ZooKeeper or the bookies cannot be reached. */
    Claimed run() throws IOException {
        storeNodes.createIfMissing(path, ShardStateFormat.encode(ShardState.NEW));
        byte[] tried = {};
        for (int i = 0; i < TRIES_MAX; i++) {
            Node found = storeNodes.read(path);
            ShardState state = ShardStateFormat.decode(found.content(), path);
            WriteHandle ledger = made;
            if (ledger != null && Arrays.equals(found.content(), tried)) {
                return new Claimed(shard, state, found.version(), ledger);
            }
            if (state.epoch() >= epoch) {
                discard();
                throw new OwnershipLostException(path + " was taken by a start with epoch " + state.epoch()
                        + ", later than this one with " + epoch);
            }
            ShardState next = fence(state);
            tried = ShardStateFormat.encode(next);
            Integer version = set(tried, found.version());
            if (version != null) {
                dropEmpty(state, next);
                return new Claimed(shard, next, version, ledger());
            }
        }
        throw new IOException(path + " changes all the time: another process uses the store");
    }

    /** What the node is to say, now that nothing more gets into the last ledger. */
    private ShardState fence(ShardState state) throws IOException {
        LogLedger last = state.last();
        long end = last == null
                ? 0
                : awaitBookies(
                        () -> LogEnd.recover(ledgers, shard, last),
                        "recovery of ledger " + last.ledger() + " of shard " + shard);
        return state.continued(epoch, end, ledger().getId());
    }

    private WriteHandle ledger() throws IOException {
        WriteHandle ledger = made;
        if (ledger == null) {
            ledger =
                    awaitBookies(() -> ledgers.create(shard, epoch, LedgerKind.LOG), "a new ledger for shard " + shard);
            made = ledger;
        }
        return ledger;
    }

    /** Asks the bookies again for some time: a cluster that has just begun may not be complete. */
    private <T> T awaitBookies(Supplier<CompletableFuture<T>> request, String what) throws IOException {
        long deadlineNanos = clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.repairMillis());
        while (true) {
            try {
                return Futures.await(request.get(), STEP_MILLIS_MAX, what);
            } catch (IOException e) {
                if (clock.nanoTime() - deadlineNanos > 0) {
                    throw e;
                }
                LOG.info("trying again: {}", e.getMessage());
            }
            CompletableFuture<Void> paused = new CompletableFuture<>();
            later.execute(() -> paused.complete(null));
            Futures.await(paused, STEP_MILLIS_MAX, what);
        }
    }

    /** Returns the new version; null where it has to be looked at again. */
    private @Nullable Integer set(byte[] content, int version) throws IOException {
        try {
            return Futures.await(nodes.set(path, content, version), STEP_MILLIS_MAX, path);
        } catch (IOException e) {
            if (Nodes.isOtherVersion(e) || Nodes.isInDoubt(e)) {
                return null;
            }
            throw e;
        }
    }

    private void dropEmpty(ShardState before, ShardState after) {
        LogLedger last = before.last();
        if (last != null && !after.ledgers().contains(last.ledger())) {
            var unused = ledgers.delete(last.ledger());
        }
    }

    /** No node will name it: ours was never set, and cannot be any more. */
    private void discard() {
        WriteHandle ours = made;
        if (ours != null) {
            var unused = ours.closeAsync()
                    .handle((closed, failure) -> null)
                    .thenCompose(none -> ledgers.delete(ours.getId()));
        }
    }
}

package io.millrace.storage.bookkeeper;

import io.millrace.storage.Checkpoint;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.bookkeeper.client.api.WriteHandle;

/**
 * One checkpoint on its way into the shard's node. A large manifest goes into a ledger first; what nobody needs any
 * more is deleted once the node does not name it.
 */
final class CheckpointWrite {
    /** What fits besides into a node is for the ledgers of the log and for segments, which come between checkpoints. */
    static final int INLINE_BYTES_MAX = ShardStateFormat.NODE_BYTES_MAX / 2;

    private static final int PIECE_BYTES = 1 << 20;

    private final ShardLink link;
    private final Checkpoint checkpoint;
    private final List<Long> unnamed = new ArrayList<>();

    CheckpointWrite(ShardLink link, Checkpoint checkpoint) {
        this.link = link;
        this.checkpoint = checkpoint;
    }

    /** Completes when the node says it; nothing waits. */
    CompletableFuture<Void> run() {
        byte[] manifest = checkpoint.manifest();
        if (manifest.length <= INLINE_BYTES_MAX) {
            return name(StoredManifest.inline(manifest));
        }
        return link.create(LedgerKind.MANIFEST).thenCompose(ledger -> write(ledger, manifest)
                .whenComplete((written, failure) -> {
                    // Once it is to be named, a failure does not say that it is not.
                    if (failure != null) {
                        link.deleteUnnamed(ledger.getId());
                    }
                })
                .thenCompose(this::name));
    }

    private static CompletableFuture<StoredManifest> write(WriteHandle ledger, byte[] manifest) {
        CompletableFuture<?> last = CompletableFuture.completedFuture(null);
        for (int at = 0; at < manifest.length; at += PIECE_BYTES) {
            // Entries are confirmed in order: the last one is when all are.
            last = ledger.appendAsync(
                    Unpooled.wrappedBuffer(manifest, at, Math.min(PIECE_BYTES, manifest.length - at)));
        }
        return last.thenCompose(id -> ledger.closeAsync())
                .thenApply(closed -> new StoredManifest(null, ledger.getId(), manifest.length));
    }

    private CompletableFuture<Void> name(StoredManifest manifest) {
        return link.node()
                .change(before -> {
                    ShardState after = before.checkpointed(checkpoint.replayFrom(), checkpoint.adopted(), manifest);
                    unnamed.clear();
                    unnamed.addAll(before.ledgers());
                    unnamed.removeAll(after.ledgers());
                    return after;
                })
                .thenAccept(named -> unnamed.forEach(link::deleteUnnamed));
    }
}

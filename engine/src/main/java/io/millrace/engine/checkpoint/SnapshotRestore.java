package io.millrace.engine.checkpoint;

import io.millrace.engine.context.ShardContext;
import io.millrace.engine.index.ShardIndexes;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.transaction.TransactionTable;
import io.millrace.storage.SegmentStore;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes up a shard as its newest checkpoint describes it: the state of its logs, the segments that they use; removes
 * segments that the checkpoint does not name. Before the records are replayed, on the opening thread.
 */
public final class SnapshotRestore {
    private static final ManifestFormat NOTHING = new ManifestFormat(0, 1, List.of(), List.of(), List.of());

    private final ShardContext context;
    private final ShardQueues queues;
    private final ShardIndexes indexes;
    private final TransactionTable transactions;
    private final RestoreListener listener;
    private ManifestFormat manifest = NOTHING;
    /** The indexes of the shard as the newest part has them. */
    private @Nullable ByteBuf ofIndexes;

    /** Will fill {@code queues}, {@code indexes} and {@code transactions}, and tell {@code listener} the rest. */
    public SnapshotRestore(
            ShardContext context,
            ShardQueues queues,
            ShardIndexes indexes,
            TransactionTable transactions,
            RestoreListener listener) {
        this.context = context;
        this.queues = queues;
        this.indexes = indexes;
        this.transactions = transactions;
        this.listener = listener;
    }

    /** What the shard said of itself in its newest checkpoint; of one without a past nothing. */
    public ManifestFormat manifest() {
        return manifest;
    }

    /** Takes up what this manifest names; fails where it cannot be read. */
    public void run(byte[] encoded, SegmentStore store) throws IOException {
        manifest = ManifestFormat.decode(encoded);
        deleteUnnamed(store);
        SnapshotReader reader = new SnapshotReader(store, context.id(), new SnapshotReader.Visitor() {
            @Override
            public void onShard(ByteBuf state) {
                listener.onEpoch(state.readLong());
                context.time().replay(state.readLong(), state.readLong());
                transactions.restore(state);
                ofIndexes = state;
            }

            @Override
            public void onGone(long logId) {
                listener.onForget(logId);
            }

            @Override
            public void onLog(ByteBuf state) {
                listener.onForget(state.getLong(state.readerIndex()));
                LogState.read(state, queues, listener);
            }
        });
        for (ManifestFormat.SnapshotPart each : manifest.snapshots()) {
            reader.read(each.segment());
        }
        queues.connect();
        ByteBuf newest = ofIndexes;
        if (newest != null) {
            indexes.restore(newest);
            ofIndexes = null;
        }
        manifest.segments().forEach(queues.segments()::add);
        for (Queue queue : queues.all()) {
            if (!queue.isFollower()) {
                queue.log().entries().sealed().forEach(queues.segments()::use);
            }
        }
    }

    private void deleteUnnamed(SegmentStore store) throws IOException {
        Set<Long> named = new HashSet<>();
        manifest.snapshots().forEach(each -> named.add(each.segment()));
        manifest.segments().forEach(each -> named.add(each.number()));
        named.addAll(manifest.indexRuns());
        for (long segment : store.list()) {
            if (!named.contains(segment)) {
                store.delete(segment);
            }
        }
    }
}

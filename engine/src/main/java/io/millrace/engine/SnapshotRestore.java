package io.millrace.engine;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.index.IndexCursor;
import io.millrace.storage.index.SealedRun;
import io.millrace.storage.segment.RunReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes up a shard as its newest checkpoint describes it: the state of its logs, the segments that they use; removes
 * segments that the checkpoint does not name. Before the records are replayed, on the opening thread.
 */
final class SnapshotRestore {
    private static final ManifestFormat NOTHING = new ManifestFormat(0, 1, List.of(), List.of(), List.of());

    private final Shard shard;
    private final ShardReplay replay;
    private ManifestFormat manifest = NOTHING;
    /** The indexes of the shard as the newest part has them. */
    private @Nullable ByteBuf indexes;

    SnapshotRestore(Shard shard, ShardReplay replay) {
        this.shard = shard;
        this.replay = replay;
    }

    ManifestFormat manifest() {
        return manifest;
    }

    void run(byte[] encoded, SegmentStore store) throws IOException {
        manifest = ManifestFormat.decode(encoded);
        deleteUnnamed(store);
        SnapshotReader reader = new SnapshotReader(store, shard.id(), new SnapshotReader.Visitor() {
            @Override
            public void onShard(ByteBuf state) {
                replay.onEpoch(state.readLong());
                shard.time().replay(state.readLong(), state.readLong());
                indexes = state;
            }

            @Override
            public void onGone(long logId) {
                replay.forget(logId);
            }

            @Override
            public void onLog(ByteBuf state) {
                replay.forget(state.getLong(state.readerIndex()));
                LogState.read(state, shard, replay);
            }
        });
        for (ManifestFormat.SnapshotPart each : manifest.snapshots()) {
            reader.read(each.segment());
        }
        ByteBuf newest = indexes;
        if (newest != null) {
            shard.indexes().restore(newest);
            indexes = null;
        }
        manifest.segments().forEach(shard.queues().segments()::add);
        for (Queue queue : shard.queues().all()) {
            queue.log().entries().sealed().forEach(shard.queues().segments()::use);
        }
        Queue catalog = shard.queues().get(Shard.CATALOG_LOG);
        if (catalog != null) {
            tellDefinitions(catalog, store);
        }
    }

    private void deleteUnnamed(SegmentStore store) throws IOException {
        Set<Long> named = new HashSet<>();
        manifest.snapshots().forEach(each -> named.add(each.segment()));
        manifest.segments().forEach(each -> named.add(each.number));
        named.addAll(manifest.indexRuns());
        for (long segment : store.list()) {
            if (!named.contains(segment)) {
                store.delete(segment);
            }
        }
    }

    /** The definitions that are in segments and adopted extents; the journal's are told when it is replayed. */
    private void tellDefinitions(Queue catalog, SegmentStore store) throws IOException {
        EntryEnvelope envelope = new EntryEnvelope();
        for (SealedRun run : List.copyOf(catalog.log().entries().sealed())) {
            try {
                for (RunReader reader = new RunReader(store, run); reader.next(); ) {
                    IndexCursor entry = reader.entry();
                    if (!catalog.isSettled(entry.firstOffset(), entry.firstOffset() + entry.span())) {
                        tellDefinition(store, entry, envelope);
                    }
                }
            } catch (CorruptEntryException e) {
                throw new IOException(
                        "a definition of the catalog is damaged: " + e.getMessage()
                                + "; restore the directory from a backup",
                        e);
            }
        }
    }

    private void tellDefinition(SegmentStore store, IndexCursor entry, EntryEnvelope envelope)
            throws IOException, CorruptEntryException {
        ByteBuffer record = ByteBuffer.allocate(entry.bytes());
        if (entry.segment() == ReadBatch.LOG) {
            store.readLog(entry.address(), record);
        } else {
            store.read(entry.segment(), entry.address(), record);
        }
        ByteBuf read = Unpooled.wrappedBuffer(record.flip());
        String place = "offset " + entry.firstOffset() + " of the catalog";
        if (read.readByte() != RecordFormat.ENTRY) {
            throw new CorruptEntryException(place, "it is not an entry");
        }
        envelope.read(read, read.readerIndex(), place);
        envelope.verifyBody(read, read.readerIndex(), place);
        ByteBuf body = envelope.body(read, read.readerIndex());
        shard.host().onDefinition(shard, envelope.firstOffset, body);
    }
}

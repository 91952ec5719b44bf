package io.millrace.engine.checkpoint;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.segment.SegmentFormat;
import io.millrace.storage.segment.SegmentReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the segments of a snapshot, the whole one first, at start-up. For the opening thread. */
public final class SnapshotReader {
    private final SegmentStore store;
    private final int shard;
    private final Visitor visitor;

    /** What is in a snapshot. */
    public interface Visitor {
        /** The state of the shard; what an earlier part said of it does not hold any more. */
        void onShard(ByteBuf state);

        void onGone(long logId);

        /** The state of a log; what an earlier part said of it does not hold any more. */
        void onLog(ByteBuf state);
    }

    /** Will tell {@code visitor} what segments of {@code store}, of {@code shard}, say. */
    public SnapshotReader(SegmentStore store, int shard, Visitor visitor) {
        this.store = store;
        this.shard = shard;
        this.visitor = visitor;
    }

    /** Reads one segment; fails where it is damaged. */
    public void read(long segment) throws IOException {
        try {
            SegmentReader reader = new SegmentReader(store, SegmentFormat.KIND_SNAPSHOT, shard, segment);
            ByteBuffer contents = reader.contents();
            for (int left = contents.getInt(); left > 0; left--) {
                byte kind = contents.get();
                long address = contents.getLong();
                visit(kind, Unpooled.wrappedBuffer(reader.block(address, contents.getInt(), kind)));
            }
        } catch (CorruptEntryException e) {
            throw new IOException(
                    "the snapshot of shard " + shard + " is damaged: " + e.getMessage()
                            + ". Without it nobody knows what is settled in this shard; restore the directory from a"
                            + " backup",
                    e);
        }
    }

    private void visit(byte kind, ByteBuf content) {
        switch (kind) {
            case SegmentFormat.BLOCK_SHARD -> visitor.onShard(content);
            case SegmentFormat.BLOCK_GONE -> {
                while (content.isReadable()) {
                    visitor.onGone(content.readLong());
                }
            }
            case SegmentFormat.BLOCK_LOG -> {
                while (content.isReadable()) {
                    visitor.onLog(content);
                }
            }
            default -> throw new IllegalStateException("a snapshot has a block of kind " + kind);
        }
    }
}

package io.millrace.engine.checkpoint;

import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.queue.Queue;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.segment.SegmentFormat;
import io.millrace.storage.segment.SegmentWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the state of the logs of a shard on the loop, then writes it as a segment in the background: the state of the
 * shard, those logs that are gone, and of every log that has changed its state (docs/formats/snapshot.md).
 */
abstract class SnapshotWriter extends SegmentJob {
    /** The states of small logs share a block. */
    private static final int BLOCK_BYTES = 64 << 10;

    private final int shard;
    private final long segment;
    private final List<Block> blocks = new ArrayList<>();
    private ByteBuf states = Unpooled.buffer(256);
    private @Nullable SegmentWriter writer;
    private int next;
    private final List<Long> addresses = new ArrayList<>();
    private long segmentBytes;

    private record Block(byte kind, byte[] content) {}

    SnapshotWriter(int shard, long segment) {
        this.shard = shard;
        this.segment = segment;
    }

    /** The length of the segment. */
    long segmentBytes() {
        return segmentBytes;
    }

    /** Adds the state of the shard: its epoch, its time when the wall clock shows that, transactions and indexes. */
    void addShard(long epoch, long millis, long wallMillis, ByteBuf transactions, ByteBuf indexes) {
        ByteBuf content = Unpooled.buffer(3 * Long.BYTES + transactions.readableBytes() + indexes.readableBytes());
        content.writeLong(epoch).writeLong(millis).writeLong(wallMillis);
        content.writeBytes(transactions).writeBytes(indexes);
        blocks.add(new Block(SegmentFormat.BLOCK_SHARD, ByteBufUtil.getBytes(content)));
    }

    void addGone(List<Long> logIds) {
        ByteBuf content = Unpooled.buffer(logIds.size() * Long.BYTES);
        logIds.forEach(content::writeLong);
        blocks.add(new Block(SegmentFormat.BLOCK_GONE, ByteBufUtil.getBytes(content)));
    }

    /** Adds {@code queue} as it is now, with those of {@code leases} that it has; returns the bytes that it takes. */
    int add(Queue queue, long asOfPosition, LeaseTable leases) {
        int before = states.writerIndex();
        LogState.write(queue, asOfPosition, leases, states);
        int bytes = states.writerIndex() - before;
        if (states.writerIndex() >= BLOCK_BYTES) {
            endBlock();
        }
        return bytes;
    }

    /** Ends the gathering. */
    void endBlock() {
        if (states.isReadable()) {
            blocks.add(new Block(SegmentFormat.BLOCK_LOG, ByteBufUtil.getBytes(states)));
            states = Unpooled.buffer(256);
        }
    }

    @Override
    public boolean step(SegmentStore store) throws IOException {
        SegmentWriter target = writer;
        if (target == null) {
            target = new SegmentWriter(store, SegmentFormat.KIND_SNAPSHOT, shard, segment);
            writer = target;
        }
        for (int left = 16; left > 0 && next < blocks.size(); left--) {
            Block block = blocks.get(next++);
            addresses.add(target.writeBlock(block.kind, ByteBuffer.wrap(block.content)));
        }
        if (next < blocks.size()) {
            return false;
        }
        ByteBuffer contents = ByteBuffer.allocate(Integer.BYTES + blocks.size() * (Long.BYTES + Integer.BYTES + 1));
        contents.putInt(blocks.size());
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            contents.put(block.kind).putLong(addresses.get(i));
            contents.putInt(SegmentFormat.BLOCK_HEADER_BYTES + block.content.length);
        }
        segmentBytes = target.seal(contents.flip());
        return true;
    }

    @Override
    public void abandon() {
        try {
            if (writer != null) {
                writer.abandon();
            }
        } catch (IOException e) {
            // The next start removes what no manifest names.
        }
    }
}

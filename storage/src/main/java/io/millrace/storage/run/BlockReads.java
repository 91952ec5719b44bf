package io.millrace.storage.run;

import io.millrace.base.Check;
import io.millrace.base.Crc32c;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.ShardLog;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads blocks of runs for an index: gathers what is asked for in one turn into one {@link ReadBatch}, verifies what
 * comes back and hands it out. Keeps the nodes of block indexes that were used last. On the loop.
 */
final class BlockReads {
    private final Crc32c crc = new Crc32c();
    private final Map<Node, ByteBuf> nodes;
    private final int nodesMax;
    private final Runnable onBatchDone;
    private @Nullable ShardLog log;
    private Batch pending = new Batch();
    private boolean isClosed;

    private record Node(long segment, int block) {}

    private record Request(Run run, int block, int count, int type, int level, Target target) {}

    /** Who has asked for blocks. */
    interface Target {
        /** They were read and are verified; the receiver releases them. */
        void onBlocks(int block, ByteBuf blocks);

        /** They could not be read, or are damaged ({@link CorruptEntryException}). */
        void onUnreadable(int block, Exception reason);

        /** All of the same batch were told. */
        void onBatchRead();
    }

    BlockReads(int nodesMax, Runnable onBatchDone) {
        this.onBatchDone = onBatchDone;
        this.nodesMax = nodesMax;
        nodes = new LinkedHashMap<>(16, 0.75f, true);
    }

    void open(ShardLog shardLog) {
        log = shardLog;
    }

    /** Asks for {@code count} blocks from {@code block} on; they are read after {@link #send}. */
    void read(Run run, int block, int count, int type, int level, Target target) {
        run.retain();
        pending.requests.add(new Request(run, block, count, type, level, target));
        pending.add(run.segment(), RunFormat.offset(block), count * RunFormat.BLOCK_BYTES);
    }

    /** Sends what was asked for on its way. */
    void send() {
        if (pending.count() > 0 && !isClosed) {
            Batch batch = pending;
            pending = new Batch();
            Check.notNull(log, "an index is asked for records after it was opened")
                    .read(batch);
        }
    }

    /** A node that is still in memory, not retained. */
    @Nullable
    ByteBuf node(Run run, int block) {
        return nodes.get(new Node(run.segment(), block));
    }

    /** Keeps a node, which is released when others were used more. */
    void keepNode(Run run, int block, ByteBuf node) {
        ByteBuf before = nodes.put(new Node(run.segment(), block), node);
        if (before != null) {
            before.release();
        }
        if (nodes.size() > nodesMax) {
            var eldest = nodes.entrySet().iterator();
            eldest.next().getValue().release();
            eldest.remove();
        }
    }

    /** Forgets the nodes of a run. */
    void forget(Run run) {
        nodes.entrySet().removeIf(entry -> {
            boolean isOfRun = entry.getKey().segment == run.segment();
            if (isOfRun) {
                entry.getValue().release();
            }
            return isOfRun;
        });
    }

    /** Frees everything; what is still on its way is freed when it comes. */
    void close() {
        isClosed = true;
        nodes.values().forEach(ByteBuf::release);
        nodes.clear();
    }

    private final class Batch extends ReadBatch {
        private final List<Request> requests = new ArrayList<>();

        @Override
        public void onComplete() {
            for (int i = 0; i < requests.size(); i++) {
                Request request = requests.get(i);
                ByteBuf blocks = take(i);
                if (isClosed) {
                    if (blocks != null) {
                        blocks.release();
                    }
                } else if (blocks == null) {
                    request.target.onUnreadable(
                            request.block, Check.notNull(failure(i), "a read without blocks has failed"));
                } else {
                    give(request, blocks);
                }
                request.run.release();
            }
            if (!isClosed) {
                requests.forEach(request -> request.target.onBatchRead());
                onBatchDone.run();
                send();
            }
        }

        private void give(Request request, ByteBuf blocks) {
            try {
                var bytes = blocks.nioBuffer();
                for (int i = 0; i < request.count; i++) {
                    RunFormat.verify(
                            crc,
                            bytes,
                            i * RunFormat.BLOCK_BYTES,
                            request.run.segment(),
                            request.block + i,
                            request.type,
                            request.level);
                }
            } catch (CorruptEntryException e) {
                blocks.release();
                request.target.onUnreadable(request.block, e);
                return;
            }
            request.target.onBlocks(request.block, blocks);
        }
    }
}

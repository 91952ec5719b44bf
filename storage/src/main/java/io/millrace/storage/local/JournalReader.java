package io.millrace.storage.local;

import io.millrace.base.Agent;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.ReadBatch;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;

/**
 * The agent that reads records which have left the tail cache, and pieces of segments, so that no loop ever waits for
 * the disk. They come back in buffers of their own; their checksums are for the caller to verify.
 */
final class JournalReader implements Agent {
    private final LocalStore store;
    private final LogRecords records;
    private final SegmentFiles segments;
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

    private record Request(LocalShardLog log, ReadBatch batch) {}

    JournalReader(LocalStore store, LogRecords records, SegmentFiles segments) {
        this.store = store;
        this.records = records;
        this.segments = segments;
    }

    /** Asks for a batch. Any thread; the caller raises the signal. */
    void submit(LocalShardLog log, ReadBatch batch) {
        requests.add(new Request(log, batch));
    }

    @Override
    public boolean work() {
        Request request = requests.poll();
        if (request == null) {
            return false;
        }
        ReadBatch batch = request.batch;
        for (int i = 0; i < batch.count(); i++) {
            try {
                batch.give(i, read(request.log.shard(), batch, i));
            } catch (IOException | CorruptEntryException | RuntimeException e) {
                batch.fail(i, e);
            } catch (OutOfMemoryError e) {
                batch.fail(i, new IOException("no memory for a record of " + batch.bytes(i) + " bytes", e));
            }
        }
        try {
            request.log.loop().execute(batch::onComplete);
        } catch (RejectedExecutionException e) {
            release(batch); // the loop has ended, nobody waits
        }
        return true;
    }

    private static void release(ReadBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            ByteBuf record = batch.take(i);
            if (record != null) {
                record.release();
            }
        }
    }

    private ByteBuf read(int shard, ReadBatch batch, int index) throws IOException, CorruptEntryException {
        int bytes = batch.bytes(index);
        ByteBuf target = store.allocator().directBuffer(bytes);
        try {
            ByteBuffer view = target.nioBuffer(0, bytes);
            if (batch.segment(index) == ReadBatch.LOG) {
                records.read(shard, batch.address(index), view);
            } else {
                segments.read(shard, batch.segment(index), batch.address(index), view);
            }
            return target.writerIndex(bytes);
        } catch (Throwable e) {
            target.release();
            throw e;
        }
    }
}

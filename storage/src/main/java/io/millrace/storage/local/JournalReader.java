package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.RECORD_PREFIX_BYTES;

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
    /** Records that lie back to back are read together, up to so many bytes. */
    private static final int STRETCH_BYTES_MAX = 256 << 10;

    /** So much of a batch is passed on while the rest is still being read. */
    private static final long PART_BYTES = 512 << 10;

    private final LocalStore store;
    private final LogRecords records;
    private final SegmentFiles segments;
    private final RegionReader regions;
    private final ReadAhead ahead;
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

    private record Request(LocalShardLog log, ReadBatch batch) {}

    JournalReader(LocalStore store, LogRecords records, SegmentFiles segments, RegionReader regions, ReadAhead ahead) {
        this.store = store;
        this.records = records;
        this.segments = segments;
        this.regions = regions;
        this.ahead = ahead;
    }

    /** Asks for a batch. Any thread; the caller raises the signal. */
    void submit(LocalShardLog log, ReadBatch batch) {
        requests.add(new Request(log, batch));
    }

    @Override
    public boolean work() {
        regions.takeBack();
        Request request = requests.poll();
        if (request == null) {
            return false;
        }
        ReadBatch batch = request.batch;
        boolean inParts = read(request.log, batch);
        if (!passOn(request.log, batch::onComplete) && !inParts) {
            batch.releaseAll(); // the loop has ended, nobody waits, nor has anybody taken a part
        }
        return true;
    }

    /** Reads it all; returns whether parts of it were passed on before the end. */
    private boolean read(LocalShardLog log, ReadBatch batch) {
        int shard = log.shard();
        boolean inParts = false;
        long partBytes = 0;
        for (int i = 0; i < batch.count(); ) {
            int end = i + 1;
            if (!RegionReader.isCandidate(batch, i) || !regions.read(shard, batch, i)) {
                end = stretchEnd(batch, i);
                if (end - i == 1 || !readStretch(shard, batch, i, end)) {
                    end = i + 1;
                    readOne(shard, batch, i);
                }
            }
            partBytes += batch.address(end - 1) + batch.bytes(end - 1) - batch.address(i);
            i = end;
            if (partBytes >= PART_BYTES && end < batch.count()) {
                int partEnd = end;
                inParts |= passOn(log, () -> batch.onPart(partEnd));
                partBytes = 0;
            }
        }
        return inParts;
    }

    /** Has something done on the loop of the log; false where that has ended. */
    private static boolean passOn(LocalShardLog log, Runnable task) {
        try {
            log.loop().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** The index behind the last of those that lie back to back from {@code first} on. */
    private static int stretchEnd(ReadBatch batch, int first) {
        int end = first + 1;
        while (end < batch.count()
                && !RegionReader.isCandidate(batch, end)
                && batch.segment(end) == batch.segment(first)
                && batch.address(end) == batch.address(end - 1) + batch.bytes(end - 1) + prefixBytes(batch, first)
                && batch.address(end) + batch.bytes(end) - batch.address(first) <= STRETCH_BYTES_MAX) {
            end++;
        }
        return end;
    }

    /** Bytes of the stream that stand before each record. */
    private static int prefixBytes(ReadBatch batch, int index) {
        return batch.segment(index) == ReadBatch.LOG ? RECORD_PREFIX_BYTES : 0;
    }

    /** Reads several records at once; false where something is wrong with one of them. */
    private boolean readStretch(int shard, ReadBatch batch, int first, int end) {
        long start = batch.address(first);
        int bytes = (int) (batch.address(end - 1) + batch.bytes(end - 1) - start);
        ByteBuf stretch;
        try {
            stretch = read(shard, batch.segment(first), start, bytes);
        } catch (IOException | CorruptEntryException | RuntimeException | OutOfMemoryError e) {
            return false;
        }
        for (int i = first; i < end; i++) {
            batch.give(i, stretch.retainedSlice((int) (batch.address(i) - start), batch.bytes(i)));
        }
        stretch.release();
        return true;
    }

    private void readOne(int shard, ReadBatch batch, int index) {
        try {
            batch.give(index, read(shard, batch.segment(index), batch.address(index), batch.bytes(index)));
        } catch (IOException | CorruptEntryException | RuntimeException e) {
            batch.fail(index, e);
        } catch (OutOfMemoryError e) {
            batch.fail(index, new IOException("no memory for a record of " + batch.bytes(index) + " bytes", e));
        }
    }

    private ByteBuf read(int shard, long segment, long address, int bytes) throws IOException, CorruptEntryException {
        ByteBuf target = store.allocator().directBuffer(bytes);
        try {
            ByteBuffer view = target.nioBuffer(0, bytes);
            if (segment == ReadBatch.LOG) {
                records.read(shard, address, view, ahead);
            } else {
                segments.read(shard, segment, address, view, ahead);
            }
            return target.writerIndex(bytes);
        } catch (Throwable e) {
            target.release();
            throw e;
        }
    }
}

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
 * The agent that reads records which have left the tail cache, so that no loop ever waits for the disk. Records come
 * back in buffers of their own; their checksums are for the caller to verify.
 */
final class JournalReader implements Agent {
    private final LocalStore store;
    private final LiveFiles files;
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

    private record Request(LocalShardLog log, ReadBatch batch) {}

    JournalReader(LocalStore store, LiveFiles files) {
        this.store = store;
        this.files = files;
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
                batch.give(i, read(request.log.shard(), batch.position(i), batch.bytes(i)));
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

    private ByteBuf read(int shard, long position, int bytes) throws IOException, CorruptEntryException {
        ByteBuf target = store.allocator().directBuffer(bytes);
        try {
            ByteBuffer view = target.nioBuffer(0, bytes);
            long at = position + RECORD_PREFIX_BYTES;
            while (view.hasRemaining()) {
                at += readPart(shard, at, view);
            }
            return target.writerIndex(bytes);
        } catch (Throwable e) {
            target.release();
            throw e;
        }
    }

    /** Reads as much as one frame holds of the stream from {@code position} on; returns the number of bytes. */
    private int readPart(int shard, long position, ByteBuffer target) throws IOException, CorruptEntryException {
        String place = "shard " + shard + ", position " + position;
        JournalFile file = files.acquire(shard, position);
        if (file == null) {
            throw new CorruptEntryException(place, "no journal file has it");
        }
        try {
            FrameList frames = file.frames(shard);
            int frame = frames.find(position);
            if (frame < 0) {
                throw new CorruptEntryException(place, "not in " + file);
            }
            long end = frame + 1 < frames.count() ? frames.position(frame + 1) : file.endPosition(shard);
            int length = (int) Math.min(target.remaining(), end - position);
            if (length <= 0) {
                throw new CorruptEntryException(place, "not in " + file);
            }
            ByteBuffer part = target.slice(target.position(), length);
            long offset = frames.offset(frame) + (position - frames.position(frame));
            if (file.file.read(part, offset) < length) {
                throw new CorruptEntryException(file + ", offset " + offset, "the file ends early");
            }
            target.position(target.position() + length);
            return length;
        } finally {
            if (file.release()) {
                store.wakeKeeper();
            }
        }
    }
}

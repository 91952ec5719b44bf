package io.millrace.storage.run;

import io.millrace.storage.Checkpoint;
import io.millrace.storage.Extent;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.ShardLog;
import io.millrace.storage.SteppedJob;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A shard log of which reads and jobs are done when the test says so, in any order, on its thread. No records. */
final class ManualShardLog implements ShardLog {
    private final SegmentStore store;
    private final List<ReadBatch> reads = new ArrayList<>();
    private final List<SteppedJob> jobs = new ArrayList<>();
    private final List<ByteBuf> given = new ArrayList<>();
    private int failingReads;
    private int readCount;

    ManualShardLog(SegmentStore store) {
        this.store = store;
    }

    /** Makes the next reads of batches fail. */
    void failReads(int batches) {
        failingReads = batches;
    }

    /** How many ranges were read. */
    int readCount() {
        return readCount;
    }

    /** How many of the buffers that were given are not released. */
    long unreleased() {
        return given.stream().filter(range -> range.refCnt() > 0).count();
    }

    int waitingReads() {
        return reads.size();
    }

    int waitingJobs() {
        return jobs.size();
    }

    boolean isIdle() {
        return reads.isEmpty() && jobs.isEmpty();
    }

    /** Does one thing that waits; there must be one. */
    void step(RandomGenerator random) {
        int chosen = random.nextInt(reads.size() + jobs.size());
        if (chosen < reads.size()) {
            complete(reads.remove(chosen));
        } else {
            stepJob(chosen - reads.size());
        }
    }

    void completeReads() {
        while (!reads.isEmpty()) {
            complete(reads.remove(0));
        }
    }

    void completeJobs() {
        while (!jobs.isEmpty()) {
            stepJob(0);
        }
    }

    void completeAll() {
        while (!isIdle()) {
            completeReads();
            completeJobs();
        }
    }

    /** What a process that ends leaves: nothing is answered any more. */
    void die() {
        reads.clear();
        jobs.forEach(SteppedJob::abandon);
        jobs.clear();
    }

    @Override
    public void read(ReadBatch batch) {
        reads.add(batch);
    }

    @Override
    public void submit(SegmentJob job) {
        jobs.add(new SteppedJob(job, store));
    }

    private void stepJob(int index) {
        SteppedJob job = jobs.get(index);
        if (job.step()) {
            jobs.remove(job);
            job.answer();
        }
    }

    private void complete(ReadBatch batch) {
        boolean fails = failingReads > 0;
        failingReads -= fails ? 1 : 0;
        for (int i = 0; i < batch.count(); i++) {
            readCount++;
            ByteBuf range = UnpooledByteBufAllocator.DEFAULT.directBuffer(batch.bytes(i));
            try {
                if (fails) {
                    throw new IOException("the test refuses to read");
                }
                ByteBuffer target = range.nioBuffer(0, batch.bytes(i));
                store.read(batch.segment(i), batch.address(i), target);
                range.writerIndex(batch.bytes(i));
                batch.give(i, range);
                given.add(range);
            } catch (IOException e) {
                range.release();
                batch.fail(i, e);
            }
        }
        batch.onComplete();
    }

    @Override
    public ByteBuf reserve(int bytes) {
        throw new AssertionError("an index appends nothing to the log");
    }

    @Override
    public long commit() {
        throw new AssertionError("an index appends nothing to the log");
    }

    @Override
    public void flush() {}

    @Override
    public long appendedPosition() {
        return 0;
    }

    @Override
    public long syncedPosition() {
        return 0;
    }

    @Override
    public long unsyncedBytes() {
        return 0;
    }

    @Override
    public boolean hasSpace() {
        return true;
    }

    @Override
    public void noteWaiting(long bytes) {
        // Nobody asks how much it is.
    }

    @Override
    public ByteBuf readTail(long position, int bytes) {
        return null;
    }

    @Override
    public void survey(Extent wanted) {}

    @Override
    public void checkpoint(Checkpoint checkpoint) {}
}

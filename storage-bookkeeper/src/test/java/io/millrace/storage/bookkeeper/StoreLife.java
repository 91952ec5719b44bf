package io.millrace.storage.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.AgentHost;
import io.millrace.base.Clock;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.ContractOwner;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ThreadLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One life of a store: opened, with an owner for each shard on one loop. */
final class StoreLife implements AutoCloseable {
    private static final long WAIT_SECONDS_MAX = 60;
    private static final long CLOSE_MILLIS_MAX = 30_000;

    final BookKeeperStore store;
    final List<ContractOwner> owners = new ArrayList<>();
    private final ThreadLoop loop = new ThreadLoop("life-loop");
    private final List<ShardLog> logs = new ArrayList<>();

    StoreLife(BookKeeperOptions options) throws Exception {
        for (int shard = 0; shard < options.shards(); shard++) {
            owners.add(new ContractOwner());
        }
        try {
            store = BookKeeperStore.open(options, Clock.SYSTEM, new Random(), owners::get);
        } catch (Throwable e) {
            loop.close();
            throw e;
        }
        for (int shard = 0; shard < options.shards(); shard++) {
            logs.add(store.attach(shard, loop, owners.get(shard)));
        }
        store.start(AgentHost.THREADS);
    }

    /** Appends and flushes; returns the position. */
    long append(int shard, byte[] record) throws Exception {
        return loop.call(() -> {
            logs.get(shard).reserve(record.length).writeBytes(record);
            long position = logs.get(shard).commit();
            logs.get(shard).flush();
            return position;
        });
    }

    /** Appends, and waits until it is on a quorum of bookies. */
    long confirm(int shard, byte[] record) throws Exception {
        long position = append(shard, record);
        owners.get(shard).awaitSynced(position);
        return position;
    }

    /** Makes a checkpoint; completes as its outcome says. */
    CompletableFuture<Void> checkpoint(int shard, long replayFrom, byte[] manifest) throws Exception {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        Checkpoint checkpoint = new Checkpoint(replayFrom, List.of(), manifest) {
            @Override
            public void onStored() {
                answered.complete(null);
            }

            @Override
            public void onFailed(IOException reason) {
                answered.completeExceptionally(reason);
            }
        };
        loop.run(() -> logs.get(shard).checkpoint(checkpoint));
        return answered;
    }

    /** Reads a record as a shard's loop does. */
    byte[] read(int shard, long position, int bytes) throws Exception {
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        ReadBatch batch = new ReadBatch() {
            @Override
            public void onComplete() {
                ByteBuf record = take(0);
                if (record == null) {
                    read.completeExceptionally(failure(0));
                } else {
                    read.complete(ByteBufUtil.getBytes(record));
                    record.release();
                }
            }
        };
        batch.add(position, bytes);
        loop.run(() -> logs.get(shard).read(batch));
        return read.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** Reads a record as a job does that moves it. */
    byte[] readByJob(int shard, long position, int bytes) throws Exception {
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        ByteBuffer target = ByteBuffer.allocate(bytes);
        SegmentJob job = new SegmentJob() {
            @Override
            public boolean step(SegmentStore store) throws IOException {
                store.readLog(position, target);
                return true;
            }

            @Override
            public void abandon() {}

            @Override
            public void onDone() {
                read.complete(target.array());
            }

            @Override
            public void onFailed(IOException reason) {
                read.completeExceptionally(reason);
            }
        };
        loop.run(() -> logs.get(shard).submit(job));
        return read.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        store.close(CLOSE_MILLIS_MAX);
        loop.close();
        owners.forEach(owner -> assertThat(owner.violations()).isEmpty());
    }

    /** Waits for something that nobody is told of. */
    static void await(BooleanSupplier condition, String what) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadlineNanos);
            Thread.onSpinWait();
        }
    }

    static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }
}

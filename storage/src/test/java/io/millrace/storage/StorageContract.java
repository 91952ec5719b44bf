package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.AgentHost;
import io.millrace.testkit.LeakCheck;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the contracts of storage have in common: some shards, opened for each test, on one loop. */
@LeakCheck
public abstract class StorageContract {
    /** The number of shards to open. */
    protected static final int SHARDS = 3;

    private static final long READ_SECONDS_MAX = 60;
    private static final long CLOSE_MILLIS_MAX = 60_000;

    protected final List<ContractOwner> owners = new ArrayList<>();
    protected final List<ShardLog> logs = new ArrayList<>();
    private final List<Trims> trims = new ArrayList<>();
    protected ThreadLoop loop;
    private ShardStore storage;

    /** Opens the storage of this test, which keeps what it had when it was closed. */
    protected abstract ShardStore open(IntFunction<Replay> replays) throws Exception;

    @BeforeEach
    void openFirst() throws Exception {
        loop = new ThreadLoop("contract-loop");
        openAgain();
    }

    @AfterEach
    void closeLast() throws Exception {
        storage.close(CLOSE_MILLIS_MAX);
        loop.close();
        owners.forEach(owner -> assertThat(owner.violations()).isEmpty());
    }

    private void openAgain() throws Exception {
        owners.clear();
        logs.clear();
        trims.clear();
        for (int shard = 0; shard < SHARDS; shard++) {
            owners.add(new ContractOwner());
        }
        storage = open(owners::get);
        for (int shard = 0; shard < SHARDS; shard++) {
            logs.add(storage.attach(shard, loop, owners.get(shard)));
            trims.add(new Trims(logs.get(logs.size() - 1)));
        }
        storage.start(AgentHost.THREADS);
    }

    protected final void reopen() throws Exception {
        storage.close(CLOSE_MILLIS_MAX);
        owners.forEach(owner -> assertThat(owner.violations()).isEmpty());
        openAgain();
    }

    protected final long append(int shard, byte[] record) throws Exception {
        return loop.call(() -> {
            long position = commit(shard, record);
            logs.get(shard).flush();
            return position;
        });
    }

    protected final void trim(int shard, long position) {
        trims.get(shard).trim(position);
    }

    protected final long commit(int shard, byte[] record) {
        logs.get(shard).reserve(record.length).writeBytes(record);
        return logs.get(shard).commit();
    }

    protected final byte[] readTail(int shard, long position, int bytes) throws Exception {
        return loop.call(() -> taken(logs.get(shard).readTail(position, bytes)));
    }

    protected final List<byte[]> read(int shard, List<Long> positions, List<byte[]> expected) throws Exception {
        CompletableFuture<List<byte[]>> read = new CompletableFuture<>();
        ReadBatch batch = new ReadBatch() {
            @Override
            public void onComplete() {
                List<byte[]> records = new ArrayList<>();
                for (int i = 0; i < count(); i++) {
                    records.add(taken(take(i)));
                    Exception failure = failure(i);
                    if (failure != null) {
                        read.completeExceptionally(failure);
                    }
                }
                assertThat(loop.isCurrent()).isTrue();
                read.complete(records);
            }
        };
        for (int i = 0; i < positions.size(); i++) {
            batch.add(positions.get(i), expected.get(i).length);
        }
        loop.run(() -> logs.get(shard).read(batch));
        return read.get(READ_SECONDS_MAX, TimeUnit.SECONDS);
    }

    protected static byte[] taken(ByteBuf record) {
        if (record == null) {
            return null;
        }
        byte[] bytes = ByteBufUtil.getBytes(record);
        record.release();
        return bytes;
    }

    protected static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }
}

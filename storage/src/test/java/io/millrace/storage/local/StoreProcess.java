package io.millrace.storage.local;

import io.millrace.base.AgentHost;
import io.millrace.base.file.FileSystem;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.ShardLog;
import io.millrace.storage.Trims;
import io.millrace.testkit.SimulatedAgentHost;
import io.millrace.testkit.SimulatedLoop;
import io.millrace.testkit.SimulatedWorld;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/** A process that has a store open, stepped in a world of its own: its shards are owned by two loops in turn. */
final class StoreProcess {
    static final Path DIRECTORY = Path.of("/data");
    private static final int STEPS_MAX = 100_000;

    final SimulatedWorld world;
    final LocalStore store;
    final List<ShardOwner> owners = new ArrayList<>();
    final List<ShardLog> logs = new ArrayList<>();

    private final Map<Integer, Trims> trims = new HashMap<>();

    private StoreProcess(SimulatedWorld world, LocalStore store, List<ShardOwner> owners) {
        this.world = world;
        this.store = store;
        this.owners.addAll(owners);
        List<SimulatedLoop> loops = List.of(world.loop("a"), world.loop("b"));
        for (int shard = 0; shard < owners.size(); shard++) {
            logs.add(store.attach(shard, loops.get(shard % loops.size()), owners.get(shard)));
        }
    }

    /** Opens the store in {@link #DIRECTORY} and starts it. */
    static StoreProcess start(FileSystem disk, LocalStoreOptions options) throws IOException {
        return start(disk, options, new SimulatedWorld(new SplittableRandom(7)));
    }

    static StoreProcess start(FileSystem disk, LocalStoreOptions options, SimulatedWorld world) throws IOException {
        return start(disk, options, world, new SimulatedAgentHost(world));
    }

    static StoreProcess start(FileSystem disk, LocalStoreOptions options, SimulatedWorld world, AgentHost agents)
            throws IOException {
        StoreProcess process = open(disk, options, world);
        process.store.start(agents);
        return process;
    }

    /** Starts a process with these owners. */
    static StoreProcess start(FileSystem disk, LocalStoreOptions options, SimulatedWorld world, List<ShardOwner> owners)
            throws IOException {
        StoreProcess process = open(disk, options, world, owners);
        process.store.start(new SimulatedAgentHost(world));
        return process;
    }

    /** Opens the store without starting it. */
    static StoreProcess open(FileSystem disk, LocalStoreOptions options) throws IOException {
        return open(disk, options, new SimulatedWorld(new SplittableRandom(1)));
    }

    static StoreProcess open(FileSystem disk, LocalStoreOptions options, SimulatedWorld world) throws IOException {
        List<ShardOwner> owners = new ArrayList<>();
        for (int shard = 0; shard < options.shards(); shard++) {
            owners.add(new ShardOwner());
        }
        return open(disk, options, world, owners);
    }

    private static StoreProcess open(
            FileSystem disk, LocalStoreOptions options, SimulatedWorld world, List<ShardOwner> owners)
            throws IOException {
        LocalStore store = LocalStore.open(DIRECTORY, disk, world.clock(), new Random(5), options, owners::get);
        return new StoreProcess(world, store, owners);
    }

    ShardLog log(int shard) {
        return logs.get(shard);
    }

    ShardOwner owner(int shard) {
        return owners.get(shard);
    }

    /** Appends without flushing; returns the position. */
    long append(int shard, byte[] record) {
        logs.get(shard).reserve(record.length).writeBytes(record);
        return logs.get(shard).commit();
    }

    /** Appends, and runs until it is synced: a group of its own. */
    long sync(int shard, byte[] record) {
        long position = append(shard, record);
        logs.get(shard).flush();
        run();
        return position;
    }

    /** States that nothing below {@code position} is needed; said again later where a statement is on its way. */
    void trim(int shard, long position) {
        trims.computeIfAbsent(shard, each -> new Trims(logs.get(each))).trim(position);
    }

    /** Runs everybody until nobody has anything to do now. */
    void run() {
        world.runUntilIdle(STEPS_MAX);
    }

    /** Reads one record, from memory if it is there. */
    byte[] read(int shard, long position, int bytes) throws Exception {
        ByteBuf tail = logs.get(shard).readTail(position, bytes);
        return tail == null ? readCold(shard, position, bytes) : taken(tail);
    }

    /** Reads one record from the disk. */
    byte[] readCold(int shard, long position, int bytes) throws Exception {
        boolean[] complete = new boolean[1];
        ReadBatch batch = new ReadBatch() {
            @Override
            public void onComplete() {
                complete[0] = true;
            }
        };
        batch.add(position, bytes);
        logs.get(shard).read(batch);
        if (!world.runUntil(() -> complete[0], STEPS_MAX)) {
            throw new AssertionError("the read was not completed");
        }
        Exception failure = batch.failure(0);
        if (failure != null) {
            throw failure;
        }
        return taken(batch.take(0));
    }

    /** Reads records of these positions and lengths from the disk; null where one could not be read. */
    List<byte[]> readAll(int shard, Map<Long, byte[]> expected) {
        List<byte[]> records = new ArrayList<>();
        ReadBatch batch = new ReadBatch() {
            @Override
            public void onComplete() {
                for (int i = 0; i < count(); i++) {
                    ByteBuf record = take(i);
                    records.add(record == null ? null : taken(record));
                }
            }
        };
        expected.forEach((position, record) -> batch.add(position, record.length));
        logs.get(shard).read(batch);
        if (!world.runUntil(() -> records.size() == batch.count(), STEPS_MAX)) {
            throw new AssertionError("the read was not completed");
        }
        return records;
    }

    private static byte[] taken(ByteBuf record) {
        byte[] bytes = ByteBufUtil.getBytes(record);
        record.release();
        return bytes;
    }

    /** Closes the store as a broker does that ends in peace. */
    void close() throws IOException {
        store.beginClose();
        world.runUntil(store::isDrained, STEPS_MAX);
        store.close(0);
        world.kill();
    }

    /** Ends without a word; only memory is freed, which the death of a process does. */
    void kill() {
        world.kill();
        for (ShardLog each : logs) {
            ((LocalShardLog) each).close();
        }
    }
}

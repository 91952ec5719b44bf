package io.millrace.engine;

import io.millrace.engine.compaction.CompactionTally;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.engine.policy.KeepPolicy;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.MessageKeys;
import io.millrace.engine.policy.Overflow;
import io.millrace.engine.policy.RetryPolicy;
import io.millrace.storage.index.IndexMemory;
import io.millrace.storage.local.LocalStore;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.ScrubOptions;
import io.millrace.testkit.SimulatedAgentHost;
import io.millrace.testkit.SimulatedClock;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedLoop;
import io.millrace.testkit.SimulatedWorld;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One life of a broker's engine: its shards on two loops, on the real journal over the simulated disk. Ends with
 * {@link #kill} or {@link #close}.
 */
class SimulatedProcess implements ShardHost {
    static final Path DIRECTORY = Path.of("/data");

    private static final int LOOPS = 2;
    private static final long INDEX_BYTES = 1_000;
    private static final long STEPS_MAX = 500_000;
    private static final long LENGTH_MAX = 12;
    private static final long LENGTH_BYTES_MAX = 70_000;

    final SimulatedWorld world;
    private final Set<Long> defined;
    /** What keeps the messages of logs that are no queues. */
    final Map<Long, KeepPolicy> policies = new HashMap<>();

    final Map<Long, MessageKeys> keys = new HashMap<>();
    final Map<Long, MessageFilter> filters = new HashMap<>();

    private final List<ShardLedger> ledgers;
    private final List<Shard> shards = new ArrayList<>();
    private final List<FreeingShardLog> logs = new ArrayList<>();
    private final LocalStore store;
    private int ready;
    private boolean recovered;
    private boolean damaged;
    private boolean expectsDamage;

    /**
     * Recovers what is on the disk and starts; {@code defined} are the logs of the queues that there are, which a
     * catalog would know. What the disk throws comes out.
     */
    SimulatedProcess(
            SimulatedFileSystem disk,
            LocalStoreOptions options,
            EngineLimits limits,
            SimulatedWorld world,
            Set<Long> defined,
            List<ShardLedger> ledgers,
            SplittableRandom random,
            ScrubOptions scrub)
            throws IOException {
        this.world = world;
        this.defined = defined;
        this.ledgers = ledgers;
        List<SimulatedLoop> loops = new ArrayList<>();
        for (int i = 0; i < LOOPS; i++) {
            loops.add(world.loop("loop " + i));
        }
        for (int id = 0; id < options.shards(); id++) {
            shards.add(new Shard(id, world.clock(), loops.get(id % LOOPS), this, limits));
        }
        store = LocalStore.open(DIRECTORY, disk, world.clock(), random, options, id -> shards.get(id)
                .replay());
        for (Shard each : shards) {
            FreeingShardLog log = new FreeingShardLog(store.attach(each.id(), each.loop(), each));
            logs.add(log);
            each.start(log, () -> ready++);
        }
        store.scrub(scrub);
        store.start(new SimulatedAgentHost(world));
    }

    Shard shard(int id) {
        return shards.get(id);
    }

    /** Expects damage from now on; tells whether there was any. */
    BooleanSupplier expectDamage() {
        expectsDamage = true;
        return () -> damaged;
    }

    LocalStore store() {
        return store;
    }

    /** The compactions of each shard. */
    List<CompactionTally> compactions() {
        return logs.stream().map(FreeingShardLog::compactions).toList();
    }

    SimulatedClock clock() {
        return world.clock();
    }

    /** Runs of indexes that the newest snapshots name. */
    long describedRuns() {
        return shards.stream()
                .mapToLong(each -> each.indexes().described().size())
                .sum();
    }

    /** Runs until commands may come; returns whether they may: not where storage failed first. */
    boolean awaitReady() {
        return world.runUntil(() -> ready == shards.size(), STEPS_MAX);
    }

    /** Begins to end the transactions that the process before has left. */
    void recoverTransactions() {
        TransactionRecovery.run(shards, () -> recovered = true);
    }

    /** Runs until that is done; returns whether it is: not where storage failed first. */
    boolean awaitRecovered() {
        return world.runUntil(() -> recovered || store.failure() != null, STEPS_MAX) && recovered;
    }

    /** Runs everything that can run now. */
    void runUntilIdle() {
        world.runUntilIdle(STEPS_MAX);
    }

    /** Ends in peace: everything that was asked for is answered first, as far as storage lets. */
    void close() throws IOException {
        shards.forEach(Shard::close);
        runUntilIdle();
        store.beginClose();
        runUntilIdle();
        free();
    }

    /** Ends without a word. Only the memory is given back, which the end of a process does. */
    void kill() throws IOException {
        free();
    }

    private void free() throws IOException {
        world.kill();
        shards.forEach(each -> each.indexes().close());
        store.close(0);
        logs.forEach(FreeingShardLog::free);
    }

    // What the shards tell.

    @Override
    public IndexMemory indexMemory() {
        // So little that blocks are given up and read again all the time.
        return new IndexMemory(INDEX_BYTES);
    }

    @Override
    public boolean isDefined(Shard shard, long logId) {
        return defined.contains(logId);
    }

    @Override
    public @Nullable MessageKeys keys(Shard shard, long logId) {
        return keys.get(logId);
    }

    @Override
    public @Nullable MessageFilter filter(Shard shard, long logId) {
        return filters.get(logId);
    }

    @Override
    public KeepPolicy keepPolicy(Shard shard, long logId) {
        return policies.getOrDefault(logId, KeepPolicy.UNTIL_SETTLED);
    }

    /** When messages of log {@code logId} come again whose consumers do not say: always the same. */
    static RetryPolicy retryPolicy(long logId) {
        return logId % 3 == 0 ? RetryPolicy.AT_ONCE : new RetryPolicy(700, 5_000, logId % 3 == 1);
    }

    @Override
    public RetryPolicy retryPolicy(Shard shard, long logId) {
        return retryPolicy(logId);
    }

    /** How long the queue of log {@code logId} may get where lengths are bounded: always the same; most have none. */
    static LengthPolicy lengthPolicy(long logId) {
        return switch ((int) (logId % 7)) {
            case 3 -> new LengthPolicy(LENGTH_MAX, LengthPolicy.UNLIMITED, Overflow.REJECT);
            case 4 -> new LengthPolicy(LENGTH_MAX, LengthPolicy.UNLIMITED, Overflow.DROP_OLDEST);
            case 5 -> new LengthPolicy(LENGTH_MAX, LengthPolicy.UNLIMITED, Overflow.DEAD_LETTER);
            case 6 -> new LengthPolicy(LengthPolicy.UNLIMITED, LENGTH_BYTES_MAX, Overflow.REJECT);
            default -> LengthPolicy.NONE;
        };
    }

    @Override
    public void onCheckpointFailed(Shard shard, Exception reason) {
        // The disk is full, or has failed.
    }

    @Override
    public void onFault(Shard shard, Throwable fault) {
        if (fault instanceof Error error) {
            throw error;
        }
        throw new AssertionError("a callback has thrown", fault);
    }

    @Override
    public void onFailed(Shard shard, Exception cause) {
        ledgers.get(shard.id()).failed();
    }

    @Override
    public void onDamage(Shard shard, long logId, long offset, Exception failure) {
        if (!expectsDamage) {
            throw new AssertionError("damage where there is none: log " + logId + ", offset " + offset, failure);
        }
        damaged = true;
    }

    @Override
    public void onIndexDamage(Shard shard, String what) {
        throw new AssertionError("damage where there is none: " + what);
    }

    @Override
    public void onDefinition(Shard shard, long offset, ByteBuf body) {
        throw new AssertionError("a definition that nobody wrote");
    }

    @Override
    public void onDefinitionsSettled(Shard shard, long firstOffset, long count) {
        throw new AssertionError("a definition that nobody wrote");
    }
}

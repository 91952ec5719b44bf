package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.ConsumerPolicy;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.Durability;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.engine.policy.KeepPolicy;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.MessageKeys;
import io.millrace.engine.policy.RetryPolicy;
import io.millrace.storage.index.IndexMemory;
import io.millrace.testkit.SimulatedClock;
import io.millrace.testkit.SimulatedLoop;
import io.millrace.testkit.SimulatedWorld;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** One shard on a {@link ManualShardLog}, a simulated loop and a simulated clock; commands in the fewest words. */
abstract class ShardFixture {
    /** The queue that most tests use. */
    static final long QUEUE = 7;

    static final long OTHER = 8;
    static final int MESSAGE_BYTES = 20;
    static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static final long STEPS_MAX = 1_000_000;

    final SimulatedClock clock = new SimulatedClock();
    private final SimulatedWorld world = new SimulatedWorld(new SplittableRandom(1), clock);
    final TestHost host = new TestHost();
    private SimulatedLoop loop;
    private EngineLimits limits = EngineLimits.DEFAULT;
    ManualShardLog log;
    Shard shard;
    long nextNumber = 1000;
    /** Whether dead letters are moved from the start on. */
    boolean movesFromTheStart = true;

    ShardFixture() {
        loop = world.loop("engine");
        log = new ManualShardLog(loop);
        open();
    }

    @AfterEach
    void nothingIsLeft() {
        shard.indexes().close();
        assertThat(log.heldRecords()).as("records still held").isZero();
        assertThat(log.heldBytes()).as("bytes still held").isZero();
        log.close();
    }

    // The life of the shard.

    private void open() {
        shard = new Shard(3, clock, loop, host, limits);
        log.replayInto(shard.replay());
        log.listener(shard);
        boolean[] ready = {false};
        shard.start(log, () -> ready[0] = true);
        run();
        assertThat(ready[0]).isTrue();
        if (movesFromTheStart) {
            shard.beginMoving();
            run();
        }
    }

    /** Ends the process without warning and starts it again; what was not synced is lost. */
    void restart() {
        die();
        log = log.crash(loop);
        open();
    }

    /** The same, where damage has taken the records that {@code kept} refuses. */
    void restartWith(Predicate<Long> kept) {
        die();
        log = log.survivors(loop, kept);
        open();
    }

    private void die() {
        world.kill();
        shard.indexes().close();
        loop = world.loop("engine");
    }

    void restartWith(EngineLimits newLimits) {
        limits = newLimits;
        restart();
    }

    /** Runs what is to be run now. */
    void run() {
        world.runUntilIdle(STEPS_MAX);
    }

    /** Has the loop run {@code task} behind what is to be run now, in the same turn of the shard if there is one. */
    void loopNext(Runnable task) {
        loop.execute(task);
    }

    /** Lets time pass; all that is due in between happens in its time. */
    void pass(long nanos) {
        run();
        boolean[] passed = {false};
        loop.schedule(() -> passed[0] = true, nanos);
        while (!passed[0]) {
            if (!world.step()) {
                world.advanceToNextTimer();
            }
        }
        run();
    }

    // Commands.

    PublishProbe publish(int count) {
        return publish(QUEUE, count, MESSAGE_BYTES);
    }

    PublishProbe publish(long logId, int count, int messageBytes) {
        return publish(logId, probe(count, messageBytes));
    }

    /** One that is not published yet. */
    PublishProbe probe(int count) {
        return probe(count, MESSAGE_BYTES);
    }

    private PublishProbe probe(int count, int messageBytes) {
        PublishProbe publish = new PublishProbe(nextNumber, count, messageBytes);
        nextNumber += count;
        return publish;
    }

    PublishProbe publish(PublishProbe publish) {
        return publish(QUEUE, publish);
    }

    private PublishProbe publish(long logId, PublishProbe publish) {
        shard.publish(logId, publish);
        run();
        return publish;
    }

    <T extends ReceiveProbe> T receive(T receive) {
        return receive(QUEUE, receive);
    }

    <T extends ReceiveProbe> T receive(long logId, T receive) {
        shard.receive(logId, receive);
        run();
        return receive;
    }

    /** Takes the next message under a lease that ends with the process. */
    Message take() {
        ReceiveProbe receive = receive(ReceiveProbe.upTo(1));
        assertThat(receive.messages()).as("messages").hasSize(1);
        return receive.message(0);
    }

    SettlementProbe settle(SettlementProbe settlement) {
        shard.settle(QUEUE, settlement);
        run();
        return settlement;
    }

    SettlementProbe acknowledge(Message... messages) {
        SettlementProbe settlement = new SettlementProbe();
        for (Message each : messages) {
            settlement.acknowledge(each);
        }
        return settle(settlement);
    }

    void acknowledge(List<Message> messages) {
        acknowledge(messages.toArray(Message[]::new));
    }

    SettlementProbe release(Message message, long delayNanos) {
        return settle(new SettlementProbe().release(message, delayNanos));
    }

    SettlementProbe extend(Message message, long leaseNanos) {
        return settle(new SettlementProbe().extend(message, leaseNanos));
    }

    /** Has the queue say this about its consumers from now on. */
    void consumerPolicy(ConsumerPolicy policy) {
        host.consumerPolicy = policy;
        shard.settingsChanged(QUEUE);
        run();
    }

    /** Refuses a message, and says {@code text} of it. */
    SettlementProbe reject(Message message, @Nullable String text) {
        return settle(new SettlementProbe().reject(message, text));
    }

    PeekProbe peek(PeekProbe peek) {
        shard.peek(QUEUE, peek);
        run();
        return peek;
    }

    PublishProbe publishAt(long millis, int count, int messageBytes) {
        PublishProbe publish = new PublishProbe(nextNumber, count, messageBytes).at(millis);
        nextNumber += count;
        shard.publish(QUEUE, publish);
        run();
        return publish;
    }

    FetchProbe fetch(FetchProbe fetch) {
        shard.fetch(QUEUE, fetch);
        run();
        return fetch;
    }

    FindTimeProbe findTime(long millis) {
        FindTimeProbe find = new FindTimeProbe(millis);
        shard.findTime(QUEUE, find);
        run();
        return find;
    }

    PurgeProbe purge() {
        PurgeProbe purge = new PurgeProbe();
        shard.purge(QUEUE, purge);
        run();
        return purge;
    }

    PurgeProbe discard(long logId, long offset) {
        PurgeProbe purge = new PurgeProbe();
        shard.discard(logId, offset, purge);
        run();
        return purge;
    }

    QueueStats stats() {
        return shard.stats(QUEUE);
    }

    /** A host that defines the queues it is told of, and keeps what it hears. */
    static final class TestHost implements ShardHost {
        final Set<Long> defined = new HashSet<>(Set.of(QUEUE, OTHER, Shard.CATALOG_LOG));
        final Map<Long, KeepPolicy> policies = new HashMap<>();
        /** That of {@link #QUEUE}; whatever comes back to other queues comes again at once. */
        RetryPolicy retryPolicy = RetryPolicy.AT_ONCE;
        /** Of subscriptions that deliver by key what finds the keys. */
        final Map<Long, MessageKeys> keys = new HashMap<>();
        /** Of subscriptions that want only some messages what says which. */
        final Map<Long, MessageFilter> filters = new HashMap<>();

        /** By log; of others nothing becomes a dead letter. */
        final Map<Long, DeadLetterPolicy> deadLetterPolicies = new HashMap<>();
        /** Moves dead letters; null where they cannot be moved. */
        @Nullable
        BiConsumer<Shard, DeadLetters> mover;

        /** That of {@link #QUEUE}. */
        ConsumerPolicy consumerPolicy = ConsumerPolicy.ALL;

        /** By log; others may get as long as they like. */
        final Map<Long, LengthPolicy> lengthPolicies = new HashMap<>();

        /** That of {@link #QUEUE}. */
        Durability durability = Durability.SYNCED;

        final List<Long> damaged = new ArrayList<>();
        final List<Exception> checkpointFailures = new ArrayList<>();
        final List<Exception> failures = new ArrayList<>();
        final List<Throwable> faults = new ArrayList<>();
        final List<Long> definitions = new ArrayList<>();
        final List<String> indexDamages = new ArrayList<>();
        IndexMemory indexMemory = IndexMemory.ofHeap();

        @Override
        public IndexMemory indexMemory() {
            return indexMemory;
        }

        @Override
        public boolean isDefined(Shard shard, long logId) {
            return defined.contains(logId);
        }

        @Override
        public RetryPolicy retryPolicy(Shard shard, long logId) {
            return logId == QUEUE ? retryPolicy : RetryPolicy.AT_ONCE;
        }

        @Override
        public ConsumerPolicy consumerPolicy(Shard shard, long logId) {
            return logId == QUEUE ? consumerPolicy : ConsumerPolicy.ALL;
        }

        @Override
        public LengthPolicy lengthPolicy(Shard shard, long logId) {
            return lengthPolicies.getOrDefault(logId, LengthPolicy.NONE);
        }

        @Override
        public Durability durability(Shard shard, long logId) {
            return logId == QUEUE ? durability : Durability.SYNCED;
        }

        @Override
        public DeadLetterPolicy deadLetters(Shard shard, long logId) {
            return deadLetterPolicies.getOrDefault(logId, DeadLetterPolicy.NONE);
        }

        @Override
        public void onDead(Shard shard, DeadLetters messages) {
            if (mover == null) {
                ShardHost.super.onDead(shard, messages);
            } else {
                mover.accept(shard, messages);
            }
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

        @Override
        public void onDamage(Shard shard, long logId, long offset, Exception failure) {
            assertThat(failure).isNotNull();
            damaged.add(offset);
        }

        @Override
        public void onIndexDamage(Shard shard, String what) {
            indexDamages.add(what);
        }

        @Override
        public void onCheckpointFailed(Shard shard, Exception reason) {
            checkpointFailures.add(reason);
        }

        @Override
        public void onFault(Shard shard, Throwable fault) {
            faults.add(fault);
        }

        @Override
        public void onFailed(Shard shard, Exception cause) {
            failures.add(cause);
        }

        @Override
        public void onDefinition(Shard shard, long offset, ByteBuf body) {
            definitions.add(offset);
        }

        @Override
        public void onDefinitionsSettled(Shard shard, long firstOffset, long count) {
            assertThat(count).isPositive();
            definitions.removeIf(offset -> offset >= firstOffset && offset < firstOffset + count);
        }
    }
}

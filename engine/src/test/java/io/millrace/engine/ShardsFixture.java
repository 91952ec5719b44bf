package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.PeekProbe.Seen;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.testkit.SimulatedClock;
import io.millrace.testkit.SimulatedLoop;
import io.millrace.testkit.SimulatedWorld;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;

/** Three shards on a {@link ManualShardLog} and a loop each, that a test can have sync one by one. */
abstract class ShardsFixture {
    static final int SHARDS = 3;
    static final long SECOND = ShardFixture.SECOND;
    private static final long STEPS_MAX = 1_000_000;

    final SimulatedClock clock = new SimulatedClock();
    final ShardFixture.TestHost host = new ShardFixture.TestHost();
    private final List<SimulatedLoop> loops = new ArrayList<>();
    final List<ManualShardLog> logs = new ArrayList<>();
    final List<Shard> shards = new ArrayList<>();
    private SimulatedWorld world = new SimulatedWorld(new SplittableRandom(1), clock);
    private long nextNumber = 1000;

    ShardsFixture() {
        for (int id = 0; id < SHARDS; id++) {
            loops.add(world.loop("loop " + id));
            logs.add(new ManualShardLog(loops.get(id)));
            host.defined.add(queue(id));
            host.defined.add(otherQueue(id));
        }
        open();
        shards.forEach(Shard::beginMoving);
    }

    @AfterEach
    void nothingIsLeft() {
        for (int id = 0; id < SHARDS; id++) {
            shards.get(id).indexes().close();
            assertThat(logs.get(id).heldRecords()).as("records still held").isZero();
            assertThat(logs.get(id).heldBytes()).as("bytes still held").isZero();
            logs.get(id).close();
        }
        assertThat(host.faults).isEmpty();
    }

    /** The log of a queue of shard {@code id}. */
    static long queue(int id) {
        return 10L + id;
    }

    /** The log of another one. */
    static long otherQueue(int id) {
        return 20L + id;
    }

    // Lives.

    private void open() {
        shards.clear();
        for (int id = 0; id < SHARDS; id++) {
            shards.add(new Shard(id, clock, loops.get(id), host, EngineLimits.DEFAULT));
            logs.get(id).replayInto(shards.get(id).replay());
            logs.get(id).listener(shards.get(id));
            shards.get(id).start(logs.get(id), () -> {});
        }
        run();
    }

    /** Ends the process; what was not synced is lost. The next one does not yet end what was cut short. */
    void restartOnly() {
        world.kill();
        world = new SimulatedWorld(new SplittableRandom(1), clock);
        for (int id = 0; id < SHARDS; id++) {
            shards.get(id).indexes().close();
            loops.set(id, world.loop("loop " + id));
            logs.set(id, logs.get(id).crash(loops.get(id)));
        }
        open();
    }

    /** The same, and brings transactions to an end. */
    void restart() {
        restartOnly();
        recover();
    }

    void recover() {
        boolean[] isDone = {false};
        TransactionRecovery.run(shards, () -> isDone[0] = true);
        run();
        assertThat(isDone[0]).isTrue();
        shards.forEach(Shard::beginMoving);
        run();
    }

    /** Runs what is to be run now. */
    void run() {
        world.runUntilIdle(STEPS_MAX);
    }

    /** Lets time pass; all that is due in between happens in its time. */
    void pass(long nanos) {
        boolean[] passed = {false};
        loops.get(0).schedule(() -> passed[0] = true, nanos);
        while (!passed[0]) {
            if (!world.step()) {
                world.advanceToNextTimer();
            }
        }
        run();
    }

    void syncAtOnce(boolean atOnce) {
        logs.forEach(each -> each.syncAtOnce(atOnce));
    }

    /** Syncs what shard {@code id} has flushed. */
    void sync(int id) {
        logs.get(id).sync();
        run();
    }

    // Commands.

    PublishProbe probe() {
        return new PublishProbe(nextNumber++, 1, ShardFixture.MESSAGE_BYTES);
    }

    PublishProbe publish(long logId, PublishProbe publish) {
        shard(logId).publish(logId, publish);
        run();
        return publish;
    }

    ReceiveProbe receive(long logId, ReceiveProbe receive) {
        shard(logId).receive(logId, receive);
        run();
        return receive;
    }

    /** Takes the next message under a lease that outlives the process. */
    Message take(long logId) {
        return receive(logId, ReceiveProbe.durable(1)).message(0);
    }

    Shard shard(long logId) {
        return shards.get((int) (logId % 10));
    }

    TransactionProbe run(TransactionProbe transaction) {
        transaction.run();
        run();
        return transaction;
    }

    TransactionProbe transaction() {
        return new TransactionProbe();
    }

    List<Seen> seen(long logId) {
        PeekProbe peek = PeekProbe.all();
        shard(logId).peek(logId, peek);
        run();
        return peek.seen();
    }

    List<Long> numbers(long logId) {
        return seen(logId).stream().map(Seen::number).toList();
    }

    /** Transactions that are not done with, of all shards. */
    int unfinished() {
        return shards.stream()
                .mapToInt(each -> each.transactionTable().prepared().size()
                        + each.transactionTable().decisions().size())
                .sum();
    }
}

package io.millrace.bench;

import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.engine.Deliveries;
import io.millrace.engine.Publish;
import io.millrace.engine.Receive;
import io.millrace.engine.Refusal;
import io.millrace.engine.Settlement;
import io.millrace.engine.Shard;
import io.millrace.engine.ShardHost;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Messages of 256 bytes published one by one, leased and acknowledged through one shard on one thread, over a log whose
 * syncs complete at once. An operation is one message through all three.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Djmh.executor=CUSTOM", "-Djmh.executor.class=io.millrace.bench.LoopThreads"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class EngineBenchmark {
    private static final int MESSAGES = 1000;
    private static final int BODY_BYTES = 256;
    private static final long QUEUE = 7;

    /** How many messages one receive leases and one settlement acknowledges. */
    @Param({"1", "10", "100"})
    public int batch;

    private final DirectLoop loop = new DirectLoop();
    private final byte[] body = new byte[BODY_BYTES];
    private Shard shard = new Shard(0, Clock.SYSTEM, loop, new OneQueue(), EngineLimits.DEFAULT);
    private int published;
    private int acknowledged;

    /** Starts the shard. */
    @Setup
    public void setUp() {
        new Random(1).nextBytes(body);
        InstantShardLog log = new InstantShardLog(loop);
        shard = new Shard(0, Clock.SYSTEM, loop, new OneQueue(), EngineLimits.DEFAULT);
        log.listener(shard);
        loop.execute(() -> shard.start(log, () -> {}));
        loop.runAll();
    }

    /** Publishes, leases, acknowledges. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int publishLeaseAcknowledge() {
        published = 0;
        acknowledged = 0;
        for (int i = 0; i < MESSAGES; i++) {
            shard.publish(QUEUE, new OneMessage());
        }
        loop.runAll();
        for (int i = 0; i < MESSAGES; i += batch) {
            shard.receive(QUEUE, new LeaseAndAcknowledge());
        }
        loop.runAll();
        Check.that(published == MESSAGES && acknowledged == MESSAGES, "%d published, %d done", published, acknowledged);
        return acknowledged;
    }

    private final class OneMessage extends Publish {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public int bodyBytes() {
            return BODY_BYTES;
        }

        @Override
        public void writeBody(ByteBuf target) {
            target.writeBytes(body);
        }

        @Override
        public void fill(EntryEnvelope envelope) {
            envelope.format = BodyFormat.NATIVE;
        }

        @Override
        protected void onStored(long offset) {
            published++;
        }

        @Override
        protected void onRefused(Refusal reason) {
            throw new IllegalStateException("refused: " + reason);
        }
    }

    private final class LeaseAndAcknowledge extends Receive {
        LeaseAndAcknowledge() {
            super(batch, Integer.MAX_VALUE, TimeUnit.SECONDS.toNanos(30), 0, true);
        }

        @Override
        protected void onDelivered(Deliveries messages) {
            Settlement settlement = new Acknowledgement(messages.size());
            for (int i = 0; i < messages.size(); i++) {
                settlement.add(messages.offset(i), messages.leaseToken(i), Settlement.ACKNOWLEDGE, 0);
            }
            messages.release();
            shard.settle(QUEUE, settlement);
        }

        @Override
        protected void onRefused(Refusal reason) {
            throw new IllegalStateException("refused: " + reason);
        }
    }

    private final class Acknowledgement extends Settlement {
        Acknowledgement(int leases) {
            super(leases);
        }

        @Override
        protected void onSettled() {
            acknowledged += size();
        }

        @Override
        protected void onRefused(Refusal reason) {
            throw new IllegalStateException("refused: " + reason);
        }
    }

    private static final class OneQueue implements ShardHost {
        @Override
        public boolean isDefined(Shard shard, long logId) {
            return logId == QUEUE;
        }

        @Override
        public void onIndexDamage(Shard shard, String what) {
            throw new IllegalStateException(what);
        }

        @Override
        public void onCheckpointFailed(Shard shard, Exception reason) {
            throw new IllegalStateException("no checkpoint", reason);
        }

        @Override
        public void onDamage(Shard shard, long logId, long offset, Exception failure) {
            throw new IllegalStateException("damaged", failure);
        }

        @Override
        public void onFault(Shard shard, Throwable fault) {
            throw new IllegalStateException("a callback has thrown", fault);
        }

        @Override
        public void onFailed(Shard shard, Exception cause) {
            throw new IllegalStateException("failed", cause);
        }

        @Override
        public void onDefinition(Shard shard, long offset, ByteBuf definition) {
            // Nothing is replayed.
        }

        @Override
        public void onDefinitionsSettled(Shard shard, long firstOffset, long count) {
            // Nothing is replayed.
        }
    }
}

package io.millrace.bench.scale;

import io.millrace.broker.NativePublish;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.NativeBatch;
import io.millrace.engine.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Publishes numbered messages to a queue, each in an entry of its own, so many under way at a time. Lives on whatever
 * thread the broker answers on: the loop of the queue's shard.
 */
final class Producer {
    private static final int UNDER_WAY_MAX = 4096;
    private static final int BYTES_UNDER_WAY_MAX = 32 << 20;
    private static final long AGAIN_MILLIS = 10;

    private final BenchBroker broker;
    private final QueueDefinition queue;
    private final byte[] filler;
    private final int underWayMax;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private long next;
    private long end;
    private long underWay;
    private long refused;

    private Producer(BenchBroker broker, QueueDefinition queue, int bodyBytes, long from, long to) {
        this.broker = broker;
        this.queue = queue;
        this.filler = new byte[bodyBytes - Long.BYTES];
        this.underWayMax = Math.min(UNDER_WAY_MAX, BYTES_UNDER_WAY_MAX / bodyBytes);
        this.next = from;
        this.end = to;
    }

    /** Publishes the messages {@code from} up to but not {@code to}; completes when all are confirmed. */
    static CompletableFuture<Void> start(BenchBroker broker, QueueDefinition queue, int bodyBytes, long from, long to) {
        Producer producer = new Producer(broker, queue, bodyBytes, from, to);
        // The first message brings the rest onto the loop of its shard.
        producer.underWay++;
        producer.publish(producer.next++);
        return producer.done;
    }

    private void publish(long number) {
        ByteBuf body = PooledByteBufAllocator.DEFAULT.directBuffer(Long.BYTES + filler.length);
        body.writeLong(number).writeBytes(filler);
        NativeBatch batch = new NativeBatch();
        batch.add(MessageProperties.NONE, body);
        broker.broker().publish(queue, new OneMessage(batch, number));
    }

    private void goOn() {
        while (next < end && underWay < underWayMax) {
            underWay++;
            publish(next++);
        }
        if (underWay == 0) {
            if (refused > 0) {
                System.out.printf("  (%,d publishes were put off, to be tried again)%n", refused);
            }
            done.complete(null);
        }
    }

    private final class OneMessage extends NativePublish {
        private final long number;

        OneMessage(NativeBatch batch, long number) {
            super(batch);
            this.number = number;
        }

        @Override
        protected void onPublished(long firstOffset) {
            underWay--;
            goOn();
        }

        @Override
        protected void onFailed(Refusal reason) {
            if (reason != Refusal.OVERLOADED && reason != Refusal.OUT_OF_SPACE) {
                done.completeExceptionally(new IllegalStateException("refused: " + reason));
                return;
            }
            refused++;
            Executor later = CompletableFuture.delayedExecutor(AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            later.execute(() -> publish(number));
        }
    }
}

package io.millrace.bench.scale;

import io.millrace.broker.NativePublish;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.SubscriptionStart;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.NativeBatch;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import io.millrace.broker.topic.TopicSettings;
import io.millrace.engine.Deliveries;
import io.millrace.engine.Receive;
import io.millrace.engine.Refusal;
import io.millrace.engine.Settlement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A topic of one partition with very many subscriptions: how many messages of 256 bytes a second are published while
 * none of them is received, then how many are delivered and acknowledged a second when a worker for each subscription
 * goes through all of them, and the bytes that are written for each; also by key, and where each subscription has a
 * filter that wants a tenth. Arguments: the directory; the messages of a row, a multiple of ten.
 */
public final class SubscriptionsTable {
    private static final int BODY_BYTES = 256;
    private static final int UNDER_WAY_MAX = 64;
    private static final int BATCH = 100;
    private static final long LEASE_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int[] SUBSCRIPTIONS = {1, 100, 1_000};
    private static final int PARTS = 10;

    /** What messages of each tenth say. */
    private static final List<MessageProperties> OF_PARTS = LongStream.range(0, PARTS)
            .mapToObj(part -> new MessageProperties(
                    null, null, null, null, null, null, null, List.of(new MessageProperties.Header("part", part))))
            .toList();

    private enum Shape {
        SHARED(SubscriptionKind.SHARED, "shared"),
        BY_KEY(SubscriptionKind.BY_KEY, "by key"),
        FILTERED(SubscriptionKind.SHARED, "each for a tenth");

        private final SubscriptionKind kind;
        private final String words;

        Shape(SubscriptionKind kind, String words) {
            this.kind = kind;
            this.words = words;
        }

        @Nullable
        Selector filter(int subscription) {
            return this == FILTERED ? Selector.compile("part = " + subscription % PARTS) : null;
        }
    }

    private final BenchBroker broker;
    private final int messages;
    private final byte[] filler = new byte[BODY_BYTES];

    private SubscriptionsTable(BenchBroker broker, int messages) {
        this.broker = broker;
        this.messages = messages;
    }

    /** Prints the table. */
    public static void main(String[] args) throws Exception {
        try (BenchBroker broker = new BenchBroker(Path.of(args[0]))) {
            SubscriptionsTable table = new SubscriptionsTable(broker, Integer.parseInt(args[1]));
            for (int count : SUBSCRIPTIONS) {
                table.row(count, Shape.SHARED, true); // until the code is compiled
                table.row(count, Shape.SHARED, false);
            }
            table.row(SUBSCRIPTIONS[1], Shape.BY_KEY, false);
            table.row(SUBSCRIPTIONS[1], Shape.FILTERED, true);
            table.row(SUBSCRIPTIONS[1], Shape.FILTERED, false);
        }
    }

    private void row(int count, Shape shape, boolean isWarmUp) throws Exception {
        String name = shape + " " + count + (isWarmUp ? " first" : "");
        TopicKey key = new TopicKey(SpaceName.ROOT, new ResourceName(name));
        Topic topic = broker.broker()
                .topics()
                .create(key, 1, TopicSettings.DEFAULT)
                .get()
                .topic();
        List<QueueDefinition> queues = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            queues.add(broker.broker()
                    .subscriptions()
                    .create(
                            topic,
                            new ResourceName("s" + i),
                            shape.kind,
                            shape.filter(i),
                            SubscriptionStart.EARLIEST,
                            QueueSettings.DEFAULT)
                    .get()
                    .subscription()
                    .queue(topic, 0));
        }
        double published = publish(topic);
        long writtenBefore = written();
        int owed = shape == Shape.FILTERED ? messages / PARTS : messages;
        double delivered = deliver(queues, owed);
        if (!isWarmUp) {
            System.out.printf(
                    Locale.ROOT,
                    "%,5d subscriptions, %s: %,8.0f published a second, then %,10.0f delivered and acknowledged a"
                            + " second, %.1f bytes written for each%n",
                    count,
                    shape.words,
                    published,
                    delivered,
                    (written() - writtenBefore) / ((double) owed * count));
        }
        broker.broker().topics().delete(key).get();
    }

    private long written() {
        return broker.broker().store().figures().writtenBytes();
    }

    private double publish(Topic topic) throws InterruptedException {
        long from = System.nanoTime();
        Semaphore underWay = new Semaphore(UNDER_WAY_MAX);
        for (int i = 0; i < messages; i++) {
            underWay.acquire();
            ByteBuf body = PooledByteBufAllocator.DEFAULT.directBuffer(BODY_BYTES);
            NativeBatch batch = new NativeBatch(DeliveryAttributes.NONE);
            batch.add(OF_PARTS.get(i % PARTS), body.writeBytes(filler));
            broker.broker().publish(topic.partition(0), new NativePublish(batch) {
                @Override
                protected void onPublished(long firstOffset) {
                    underWay.release();
                }

                @Override
                protected void onFailed(Refusal reason) {
                    throw new IllegalStateException("refused: " + reason);
                }
            });
        }
        underWay.acquire(UNDER_WAY_MAX);
        return messages / ((System.nanoTime() - from) / 1e9);
    }

    /** Has each of the subscriptions give out all that is {@code owed} to it. */
    private double deliver(List<QueueDefinition> queues, int owed) throws InterruptedException {
        long from = System.nanoTime();
        CountDownLatch left = new CountDownLatch(queues.size());
        LongAdder acknowledged = new LongAdder();
        queues.forEach(each -> new Worker(each, owed, left, acknowledged).receive());
        left.await();
        return acknowledged.sum() / ((System.nanoTime() - from) / 1e9);
    }

    /** Receives and acknowledges all messages of one subscription. */
    private final class Worker {
        private final QueueDefinition queue;
        private final int owed;
        private final CountDownLatch left;
        private final LongAdder acknowledged;
        private int done;

        Worker(QueueDefinition queue, int owed, CountDownLatch left, LongAdder acknowledged) {
            this.queue = queue;
            this.owed = owed;
            this.left = left;
            this.acknowledged = acknowledged;
        }

        void receive() {
            broker.broker().receive(queue, new Receive(BATCH, 1 << 20, LEASE_NANOS, LEASE_NANOS, false) {
                @Override
                protected void onDelivered(Deliveries delivered) {
                    Settlement settlement = new Acknowledgement(delivered.size());
                    for (int i = 0; i < delivered.size(); i++) {
                        settlement.add(delivered.offset(i), delivered.leaseToken(i), Settlement.ACKNOWLEDGE, 0);
                    }
                    delivered.release();
                    broker.broker().settle(queue, settlement);
                }

                @Override
                protected void onRefused(Refusal reason) {
                    throw new IllegalStateException("refused: " + reason);
                }
            });
        }

        private final class Acknowledgement extends Settlement {
            Acknowledgement(int leases) {
                super(leases);
            }

            @Override
            protected void onSettled() {
                acknowledged.add(size());
                done += size();
                if (done < owed) {
                    receive();
                } else {
                    left.countDown();
                }
            }

            @Override
            protected void onRefused(Refusal reason) {
                throw new IllegalStateException("refused: " + reason);
            }
        }
    }
}

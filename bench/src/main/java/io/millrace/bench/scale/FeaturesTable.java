package io.millrace.bench.scale;

import io.millrace.broker.BrokerTransaction;
import io.millrace.broker.NativePublish;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.NativeBatch;
import io.millrace.broker.selector.SelectorCache;
import io.millrace.broker.selector.SelectorFilter;
import io.millrace.engine.Deliveries;
import io.millrace.engine.Purge;
import io.millrace.engine.Receive;
import io.millrace.engine.Refusal;
import io.millrace.engine.Settlement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What a feature costs: messages of 256 bytes, each an entry of its own, published to two queues of different shards,
 * delivered and acknowledged, with each feature and, between, without any. The ratio is to the mean of the runs without
 * before and behind; the median of the rounds is shown, and what a message took of the processors, which tells more
 * where other programs run. Arguments: the directory; the messages of a run; features to be run alone ({@link Feature}
 * by name), all where there are none.
 */
public final class FeaturesTable {
    private static final int BODY_BYTES = 256;
    private static final int UNDER_WAY_MAX = 4_000;
    private static final int ROUNDS = 3;
    private static final int BATCH = 100;
    private static final int RECEIVES = 4;
    private static final int GROUPS = 10_000;
    private static final int DELAY_MILLIS = 200;
    private static final int OF_TRANSACTION = 10;
    private static final int PARTS = 10;
    private static final long LEASE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What messages of each tenth say. */
    private static final List<MessageProperties> OF_PARTS = LongStream.range(0, PARTS)
            .mapToObj(part -> new MessageProperties(
                    null, null, null, null, null, null, null, List.of(new MessageProperties.Header("part", part))))
            .toList();

    private final SelectorCache selectors = new SelectorCache();
    private final BenchBroker broker;
    private final List<QueueDefinition> queues;
    private final int messages;
    /** Makes the names of a run its own. */
    private int runs;

    /** What messages say, and how many are published together, to how many queues. */
    private enum Feature {
        PLAIN("none"),
        PRIORITY("a priority of 1,000"),
        GROUP("one of 10,000 groups"),
        DEDUPLICATION("a deduplication id each"),
        DELAY("delayed by 200 ms"),
        EXPIRY("an expiry"),
        TRANSACTION("in transactions of 10, one queue"),
        TRANSACTION_OF_SHARDS("in transactions of 10, two shards"),
        SELECTOR("received by a selector of all"),
        SELECTOR_OF_TENTH("received by a selector of a tenth"),
        SELECTORS_OF_TENTH("received by ten selectors of a tenth");

        private final String words;

        Feature(String words) {
            this.words = words;
        }

        int together() {
            return this == TRANSACTION || this == TRANSACTION_OF_SHARDS ? OF_TRANSACTION : 1;
        }

        /** Receives of a queue that wait at a time. */
        int receives() {
            return this == SELECTORS_OF_TENTH ? PARTS : RECEIVES;
        }

        boolean isSelective() {
            return this == SELECTOR || this == SELECTOR_OF_TENTH || this == SELECTORS_OF_TENTH;
        }
    }

    private FeaturesTable(BenchBroker broker, List<QueueDefinition> queues, int messages) {
        this.broker = broker;
        this.queues = queues;
        this.messages = messages;
    }

    /** Prints the table. */
    public static void main(String[] args) throws Exception {
        try (BenchBroker broker = new BenchBroker(Path.of(args[0]))) {
            List<Feature> wanted = Stream.of(args).skip(2).map(Feature::valueOf).toList();
            new FeaturesTable(broker, queuesOfTwoShards(broker), Integer.parseInt(args[1]))
                    .print(wanted.isEmpty() ? List.of(Feature.values()) : wanted);
        }
    }

    private static List<QueueDefinition> queuesOfTwoShards(BenchBroker broker) throws Exception {
        QueueDefinition first = broker.queue("queue 0");
        QueueDefinition second = broker.queue("queue 1");
        for (int i = 2; second.shard() % 2 == first.shard() % 2; i++) {
            second = broker.queue("queue " + i);
        }
        return List.of(first, second);
    }

    private void print(List<Feature> features) throws InterruptedException {
        run(Feature.PLAIN); // until the code is compiled
        for (Feature each : features) {
            run(each);
        }
        System.out.printf(
                Locale.ROOT,
                "%,d messages of %d bytes a run, published, delivered, acknowledged%n",
                messages,
                BODY_BYTES);
        for (Feature each : features) {
            double[] ratios = new double[ROUNDS];
            double[] rates = new double[ROUNDS];
            double[] micros = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                double before = run(Feature.PLAIN).perSecond;
                Spent spent = run(each);
                rates[round] = spent.perSecond;
                micros[round] = spent.processorMicros;
                ratios[round] = 2 * rates[round] / (before + run(Feature.PLAIN).perSecond);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-36s %,10.0f a second, %3.0f %% of none, %5.1f us of a processor each%n",
                    each.words,
                    Measures.median(rates),
                    100 * Measures.median(ratios),
                    Measures.median(micros));
        }
    }

    /** Of one run: messages a second, and time of the processors a message. */
    private record Spent(double perSecond, double processorMicros) {}

    private Spent run(Feature feature) throws InterruptedException {
        runs++;
        long fromNanos = System.nanoTime();
        long processorFromNanos = Measures.processorNanos();
        Run run = new Run(feature);
        for (QueueDefinition each : queues) {
            for (int i = 0; i < feature.receives(); i++) {
                run.receive(each, i);
            }
        }
        for (int number = 0; number < messages; number += feature.together()) {
            run.publish(number);
        }
        run.acknowledged.await();
        double seconds = (System.nanoTime() - fromNanos) / 1e9;
        double processorMicros = (Measures.processorNanos() - processorFromNanos) / 1e3;
        run.ended.await(); // else its receives would take messages of the next run
        for (QueueDefinition each : queues) {
            purge(each); // what no selector has selected
        }
        if (run.failure.get() != null) {
            throw new IllegalStateException("a run has failed", run.failure.get());
        }
        return new Spent(messages / seconds, processorMicros / messages);
    }

    private void purge(QueueDefinition queue) throws InterruptedException {
        CountDownLatch purged = new CountDownLatch(1);
        broker.broker().purge(queue, new Purge() {
            @Override
            protected void onPurged(long count) {
                purged.countDown();
            }

            @Override
            protected void onRefused(Refusal reason) {
                throw new IllegalStateException("refused: " + reason);
            }
        });
        purged.await();
    }

    /** Messages come in tenths, in turns of both queues. */
    private static int part(int number) {
        return number / 2 % PARTS;
    }

    private final class Run {
        private final Feature feature;
        private final Semaphore underWay = new Semaphore(UNDER_WAY_MAX);
        private final CountDownLatch acknowledged;
        private final CountDownLatch ended;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final byte[] filler = new byte[BODY_BYTES];
        private final String ofRun = runs + "-";
        private final ConcurrentHashMap<Integer, String> groups = new ConcurrentHashMap<>();

        Run(Feature feature) {
            this.feature = feature;
            int wanted = feature == Feature.SELECTOR_OF_TENTH ? messages / PARTS : messages;
            acknowledged = new CountDownLatch(wanted);
            ended = new CountDownLatch(feature.receives() * queues.size());
        }

        private void publish(int number) throws InterruptedException {
            underWay.acquire(feature.together());
            if (feature.together() == 1) {
                broker.broker().publish(queues.get(number & 1), new One(batch(number)));
                return;
            }
            BrokerTransaction transaction = broker.broker().begin();
            for (int i = 0; i < OF_TRANSACTION; i++) {
                int queue = feature == Feature.TRANSACTION ? number / OF_TRANSACTION & 1 : i & 1;
                transaction.publish(queues.get(queue), new One(batch(number + i)));
            }
            transaction.commit().exceptionally(this::fail);
        }

        private NativeBatch batch(int number) {
            ByteBuf body = PooledByteBufAllocator.DEFAULT.directBuffer(BODY_BYTES);
            NativeBatch batch = new NativeBatch(attributes(number));
            batch.add(properties(number), body.writeBytes(filler));
            return batch;
        }

        private DeliveryAttributes attributes(int number) {
            long unsaid = DeliveryAttributes.UNSAID;
            return switch (feature) {
                case PRIORITY -> new DeliveryAttributes(number * 7919L % 1000, unsaid, unsaid, unsaid, unsaid);
                case DELAY -> new DeliveryAttributes(unsaid, DELAY_MILLIS, unsaid, unsaid, unsaid);
                case EXPIRY -> new DeliveryAttributes(unsaid, unsaid, unsaid, TimeUnit.HOURS.toMillis(1), unsaid);
                default -> DeliveryAttributes.NONE;
            };
        }

        private MessageProperties properties(int number) {
            String group =
                    feature == Feature.GROUP ? groups.computeIfAbsent(number % GROUPS, each -> "g" + each) : null;
            String id = feature == Feature.DEDUPLICATION ? ofRun + number : null;
            if (feature.isSelective()) {
                return OF_PARTS.get(part(number));
            }
            return group == null && id == null
                    ? MessageProperties.NONE
                    : new MessageProperties(null, null, null, null, null, group, id, List.of());
        }

        private void receive(QueueDefinition queue, int index) {
            Batch receive = new Batch(queue, index);
            if (feature.isSelective()) {
                int part = feature == Feature.SELECTORS_OF_TENTH ? index : 0;
                String selector = feature == Feature.SELECTOR ? "part < " + PARTS : "part = " + part;
                receive.matching(new SelectorFilter(selectors.compiled(selector)));
            }
            broker.broker().receive(queue, receive);
        }

        private Void fail(Throwable reason) {
            failure.compareAndSet(null, reason);
            while (acknowledged.getCount() > 0) {
                acknowledged.countDown();
            }
            return null;
        }

        private final class One extends NativePublish {
            One(NativeBatch batch) {
                super(batch);
            }

            @Override
            protected void onPublished(long firstOffset) {
                underWay.release();
            }

            @Override
            protected void onFailed(Refusal reason) {
                underWay.release();
                fail(new IllegalStateException("refused: " + reason));
            }
        }

        private final class Batch extends Receive {
            private final QueueDefinition queue;
            private final int index;

            Batch(QueueDefinition queue, int index) {
                super(BATCH, Integer.MAX_VALUE, LEASE_NANOS, WAIT_NANOS, false);
                this.queue = queue;
                this.index = index;
            }

            @Override
            protected void onDelivered(Deliveries delivered) {
                Settlement settlement = new Acknowledgement(delivered.size());
                for (int i = 0; i < delivered.size(); i++) {
                    settlement.add(delivered.offset(i), delivered.leaseToken(i), Settlement.ACKNOWLEDGE, 0);
                }
                boolean isEmpty = delivered.size() == 0;
                delivered.release();
                if (!isEmpty) {
                    broker.broker().settle(queue, settlement);
                }
                if (acknowledged.getCount() > 0) {
                    receive(queue, index);
                } else {
                    ended.countDown();
                }
            }

            @Override
            protected void onRefused(Refusal reason) {
                ended.countDown();
                fail(new IllegalStateException("refused: " + reason));
            }
        }

        private final class Acknowledgement extends Settlement {
            Acknowledgement(int leases) {
                super(leases);
            }

            @Override
            protected void onSettled() {
                for (int i = 0; i < size(); i++) {
                    acknowledged.countDown();
                }
            }

            @Override
            protected void onRefused(Refusal reason) {
                fail(new IllegalStateException("refused: " + reason));
            }
        }
    }
}

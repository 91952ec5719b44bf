package io.millrace.bench.scale;

import io.millrace.broker.ResourceName;
import io.millrace.broker.RoutedPublish;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.routing.BindingRequest;
import io.millrace.broker.routing.Destination.Kind;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.MatchArguments;
import io.millrace.engine.Purge;
import io.millrace.engine.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A publish to a fanout exchange whose bindings lead to very many queues: how many there are a second, how long one
 * takes until all queues have it on stable storage, and what is written for each of its messages. Each publisher has
 * one publish under way, of 256 bytes or, to 100 queues, of 64 KiB. Arguments: the directory; the seconds of a row.
 */
public final class FanOutTable {
    private static final int BODY_BYTES = 256;
    private static final int LARGE_BODY_BYTES = 64 << 10;
    private static final int LARGE_QUEUES = 100;
    private static final int[] QUEUES = {1, LARGE_QUEUES, 1_000};
    private static final int[] PUBLISHERS = {1, 16, 64};
    /** More would be refused, for too much waits to be synced, where each queue had a copy. */
    private static final int[] LARGE_PUBLISHERS = {1, 4};

    private final BenchBroker broker;
    private final long rowNanos;

    private FanOutTable(BenchBroker broker, int seconds) {
        this.broker = broker;
        this.rowNanos = TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Prints the table. */
    public static void main(String[] args) throws Exception {
        try (BenchBroker broker = new BenchBroker(Path.of(args[0]))) {
            new FanOutTable(broker, Integer.parseInt(args[1])).print();
        }
    }

    private void print() throws Exception {
        List<QueueDefinition> queues = new ArrayList<>();
        for (int count : QUEUES) {
            ExchangeKey key = new ExchangeKey(SpaceName.ROOT, new ResourceName("to " + count));
            Exchange exchange = exchange(key);
            while (queues.size() < count) {
                queues.add(broker.queue("queue " + queues.size()));
            }
            for (QueueDefinition each : queues) {
                bind(key, each);
            }
            rows(exchange, queues, BODY_BYTES, PUBLISHERS);
            if (count == LARGE_QUEUES) {
                rows(exchange, queues, LARGE_BODY_BYTES, LARGE_PUBLISHERS);
            }
        }
    }

    private void rows(Exchange exchange, List<QueueDefinition> queues, int bodyBytes, int[] publishers)
            throws Exception {
        row(exchange, queues, publishers[publishers.length - 1], bodyBytes, true); // until the code is compiled
        for (int each : publishers) {
            row(exchange, queues, each, bodyBytes, false);
        }
    }

    private Exchange exchange(ExchangeKey key) throws Exception {
        ExchangeSettings settings = ExchangeSettings.of(ExchangeType.FANOUT);
        return broker.broker().catalog().exchanges().create(key, settings).get().exchange();
    }

    private void bind(ExchangeKey source, QueueDefinition queue) throws Exception {
        BindingRequest request =
                new BindingRequest(source, Kind.QUEUE, queue.queue().name(), "", MatchArguments.NONE, null);
        broker.broker().catalog().exchanges().bind(request).get();
    }

    private void row(Exchange exchange, List<QueueDefinition> queues, int publishers, int bodyBytes, boolean isWarmUp)
            throws Exception {
        long writtenBefore = broker.broker().store().figures().writtenBytes();
        long from = System.nanoTime();
        List<Publisher> all = new ArrayList<>();
        for (int i = 0; i < publishers; i++) {
            all.add(new Publisher(exchange, bodyBytes, from + rowNanos));
        }
        all.forEach(Publisher::publish);
        for (Publisher each : all) {
            each.done.get();
        }
        double seconds = (System.nanoTime() - from) / 1e9;
        long written = broker.broker().store().figures().writtenBytes() - writtenBefore;
        long[] latencies = all.stream()
                .flatMapToLong(each -> Arrays.stream(each.latencies()))
                .sorted()
                .toArray();
        if (!isWarmUp) {
            System.out.printf(
                    Locale.ROOT,
                    "%,6d bytes, %,5d queues, %2d publishers: %,8.0f publishes/s, %,9.0f messages/s,"
                            + " p50 %.2f ms, p99 %.2f ms, %,.0f bytes written a message%n",
                    bodyBytes,
                    queues.size(),
                    publishers,
                    latencies.length / seconds,
                    latencies.length * (double) queues.size() / seconds,
                    latencies[latencies.length / 2] / 1e6,
                    latencies[latencies.length * 99 / 100] / 1e6,
                    written / ((double) latencies.length * queues.size()));
        }
        empty(queues);
    }

    private void empty(List<QueueDefinition> queues) throws InterruptedException {
        CountDownLatch emptied = new CountDownLatch(queues.size());
        for (QueueDefinition each : queues) {
            broker.broker().purge(each, new Purge() {
                @Override
                protected void onPurged(long messages) {
                    emptied.countDown();
                }

                @Override
                protected void onRefused(Refusal reason) {
                    throw new IllegalStateException("refused: " + reason);
                }
            });
        }
        emptied.await();
    }

    /** One who publishes the next message when the one before is confirmed. On the thread that confirms it. */
    private final class Publisher {
        private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        private final Exchange exchange;
        private final byte[] filler;
        private final long endNanos;
        private long[] latencies = new long[1 << 16];
        private int count;

        Publisher(Exchange exchange, int bodyBytes, long endNanos) {
            this.exchange = exchange;
            this.filler = new byte[bodyBytes];
            this.endNanos = endNanos;
        }

        long[] latencies() {
            return Arrays.copyOf(latencies, count);
        }

        void publish() {
            long from = System.nanoTime();
            ByteBuf body = PooledByteBufAllocator.DEFAULT.directBuffer(filler.length);
            RoutedPublish publish = new RoutedPublish();
            publish.add("", DeliveryAttributes.NONE, MessageProperties.NONE, body.writeBytes(filler));
            var unused = broker.broker().publish(exchange, publish).whenComplete((stored, failure) -> {
                if (failure != null) {
                    done.completeExceptionally(failure);
                } else {
                    confirmed(System.nanoTime() - from);
                }
            });
        }

        private void confirmed(long nanos) {
            if (count == latencies.length) {
                latencies = Arrays.copyOf(latencies, 2 * count);
            }
            latencies[count++] = nanos;
            if (System.nanoTime() - endNanos < 0) {
                publish();
            } else {
                done.complete(null);
            }
        }
    }
}

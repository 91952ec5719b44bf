package io.millrace.bench.scale;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A queue with very many messages of 256 bytes: rates with and without them, heap, start. Arguments: {@code fill},
 * which ends like a crash, or {@code drain}; the directory; the number of messages.
 *
 * <p>Rates with and without the backlog are of the same process, of samples that each begin with memory at hand.
 */
public final class BacklogTable {
    private static final int BODY_BYTES = 256;
    private static final int SAMPLE = 1_000_000;
    private static final int ROUNDS = 5;
    /** Samples until all is compiled. */
    private static final int WARM_UP = 3;
    /** Much more than a sample writes: which pages it gets of those that are free is not known. */
    private static final long SAMPLE_MEMORY = 4L << 30;

    private final BenchBroker broker;
    private final QueueDefinition queue;
    private long published;
    private long consumed;

    /** Messages a second, medians. */
    private record Rates(double both, double publish, double consume) {}

    private BacklogTable(BenchBroker broker) throws Exception {
        this.broker = broker;
        this.queue = broker.queue("backlog");
    }

    /** Runs one of the two halves. */
    public static void main(String[] args) throws Exception {
        long messages = Long.parseLong(args[2]);
        if (args[0].equals("fill")) {
            fill(Path.of(args[1]), messages);
            // Nothing is closed: the next start finds what a crash leaves.
            Runtime.getRuntime().halt(0);
        }
        drain(Path.of(args[1]), messages);
    }

    private static void fill(Path directory, long messages) throws Exception {
        BacklogTable table = new BacklogTable(new BenchBroker(directory));
        table.both((long) WARM_UP * SAMPLE);
        Rates without = table.sample();
        print(0, without);
        long heapBefore = Measures.heapBytes();
        Measures.touchMemory(messages * BODY_BYTES * 3 / 2);
        double fill = table.publish(messages);
        System.out.printf("published in one go: %,.0f a second, %,.0f MB/s%n", fill, fill * BODY_BYTES / 1e6);
        long heap = Measures.heapBytes() - heapBefore;
        System.out.printf(
                "%,d messages waiting: %,d KiB of heap more, %.3f bytes a message; %,d MiB resident; %s%n",
                messages,
                heap >> 10,
                (double) heap / messages,
                Measures.residentBytes() >> 20,
                Measures.files(directory));
        Rates with = table.sample();
        print(messages, with);
        System.out.printf(
                "of the rates at depth 0: %.0f %%, %.0f %%, %.0f %%%n",
                100 * with.both / without.both,
                100 * with.publish / without.publish,
                100 * with.consume / without.consume);
    }

    private static void print(long depth, Rates rates) {
        System.out.printf(
                "depth %,d: publish and consume at once %,.0f, publish %,.0f, consume %,.0f a second%n",
                depth, rates.both, rates.publish, rates.consume);
    }

    private static void drain(Path directory, long messages) throws Exception {
        try (BenchBroker broker = new BenchBroker(directory)) {
            System.out.printf("start after a crash, until operations are taken: %.2f s%n", broker.startSeconds());
            BacklogTable table = new BacklogTable(broker);
            long ready = broker.ready(table.queue);
            if (ready != messages) {
                throw new IllegalStateException(ready + " messages are there, not " + messages);
            }
            System.out.printf("heap in use: %,d KiB%n", Measures.heapBytes() >> 10);
            // The fill has consumed as many again in its samples.
            table.consumed = SAMPLE * (WARM_UP + 4L * ROUNDS);
            System.out.printf("consumed to the end: %,.0f a second%n", table.consume(messages));
            System.out.println("after all: " + Measures.files(directory));
        }
        try (BenchBroker broker = new BenchBroker(directory)) {
            System.out.printf(
                    "start after a proper end, empty: %.2f s; %s%n", broker.startSeconds(), Measures.files(directory));
        }
    }

    /** Leaves the queue as deep as it was. */
    private Rates sample() throws Exception {
        double[] both = new double[ROUNDS];
        double[] publish = new double[ROUNDS];
        double[] consume = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            Measures.touchMemory(SAMPLE_MEMORY);
            both[i] = both(SAMPLE);
            Measures.touchMemory(SAMPLE_MEMORY);
            publish[i] = publish(SAMPLE);
            Measures.touchMemory(SAMPLE_MEMORY);
            consume[i] = consume(SAMPLE);
            System.out.printf(
                    "  at once %,.0f, publish %,.0f, consume %,.0f a second%n", both[i], publish[i], consume[i]);
        }
        return new Rates(Measures.median(both), Measures.median(publish), Measures.median(consume));
    }

    /** Messages a second, as are those below. */
    private double both(long messages) throws Exception {
        return rate(messages, CompletableFuture.allOf(startPublishing(messages), startConsuming(messages)));
    }

    private double publish(long messages) throws Exception {
        return rate(messages, startPublishing(messages));
    }

    private double consume(long messages) throws Exception {
        return rate(messages, startConsuming(messages));
    }

    private CompletableFuture<Void> startPublishing(long messages) {
        long from = published;
        published += messages;
        return Producer.start(broker, queue, BODY_BYTES, from, published);
    }

    private CompletableFuture<Void> startConsuming(long messages) {
        long from = consumed;
        consumed += messages;
        return Consumer.start(broker, queue, from, consumed);
    }

    private static double rate(long messages, CompletableFuture<Void> done) throws Exception {
        long start = System.nanoTime();
        done.get();
        return messages * 1e9 / (System.nanoTime() - start);
    }
}

package io.millrace.bench.scale;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A queue with very many messages of 256 bytes: rates with and without them, heap, start. Arguments: {@code fill},
 * which ends like a crash, or {@code drain}; the directory; the number of messages.
 */
public final class BacklogTable {
    private static final int BODY_BYTES = 256;
    private static final int WARM_UP = 1_000_000;
    private static final int SAMPLE = 1_000_000;

    private final BenchBroker broker;
    private final QueueDefinition queue;

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
        long next = 0;
        table.both("warm-up, depth 0", next, next, WARM_UP);
        next += WARM_UP;
        table.both("publish and consume, depth 0", next, next, SAMPLE);
        next += SAMPLE;
        long heapBefore = Measures.heapBytes();
        table.timed("publish, the first", SAMPLE, table.publish(next, next + SAMPLE));
        table.timed(
                "publish, all between", messages - 2 * SAMPLE, table.publish(next + SAMPLE, next + messages - SAMPLE));
        table.timed("publish, the last", SAMPLE, table.publish(next + messages - SAMPLE, next + messages));
        long heap = Measures.heapBytes() - heapBefore;
        System.out.printf(
                "%,d messages waiting: %,d KiB of heap more, %.3f bytes a message; %,d MiB resident; %s%n",
                messages,
                heap >> 10,
                (double) heap / messages,
                Measures.residentBytes() >> 20,
                Measures.files(directory));
        table.both("publish and consume, depth " + messages, next + messages, next, SAMPLE);
    }

    private static void drain(Path directory, long messages) throws Exception {
        long first = WARM_UP + 2L * SAMPLE;
        try (BenchBroker broker = new BenchBroker(directory)) {
            System.out.printf("start after a crash, until operations are taken: %.2f s%n", broker.startSeconds());
            BacklogTable table = new BacklogTable(broker);
            long ready = broker.ready(table.queue);
            if (ready != messages) {
                throw new IllegalStateException(ready + " messages are there, not " + messages);
            }
            System.out.printf("heap in use: %,d KiB%n", Measures.heapBytes() >> 10);
            table.timed("consume, the first", SAMPLE, table.consume(first, first + SAMPLE));
            table.timed(
                    "consume, all between",
                    messages - 2 * SAMPLE,
                    table.consume(first + SAMPLE, first + messages - SAMPLE));
            table.timed("consume, the last", SAMPLE, table.consume(first + messages - SAMPLE, first + messages));
            System.out.println("after all: " + Measures.files(directory));
        }
        try (BenchBroker broker = new BenchBroker(directory)) {
            System.out.printf(
                    "start after a proper end, empty: %.2f s; %s%n", broker.startSeconds(), Measures.files(directory));
        }
    }

    private CompletableFuture<Void> publish(long from, long to) {
        return Producer.start(broker, queue, BODY_BYTES, from, to);
    }

    private CompletableFuture<Void> consume(long from, long to) {
        return Consumer.start(broker, queue, from, to);
    }

    private void both(String what, long publishFrom, long consumeFrom, long messages) throws Exception {
        timed(
                what,
                messages,
                CompletableFuture.allOf(
                        publish(publishFrom, publishFrom + messages), consume(consumeFrom, consumeFrom + messages)));
    }

    private void timed(String what, long messages, CompletableFuture<Void> done) throws Exception {
        long start = System.nanoTime();
        done.get();
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%-40s %,10.0f messages/s%n", what, messages / seconds);
    }
}

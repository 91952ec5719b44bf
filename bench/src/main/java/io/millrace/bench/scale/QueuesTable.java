package io.millrace.bench.scale;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueCreation;
import io.millrace.broker.catalog.QueueSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Very many queues with a few messages each: files, heap, start. Arguments: {@code fill}, which ends like a crash, or
 * {@code drain}; the directory; the number of queues.
 */
public final class QueuesTable {
    private static final int BODY_BYTES = 256;
    private static final int MESSAGES = 3;
    private static final int AT_ONCE = 1000;

    private QueuesTable() {}

    /** Runs one of the two halves. */
    public static void main(String[] args) throws Exception {
        int queues = Integer.parseInt(args[2]);
        if (args[0].equals("fill")) {
            fill(Path.of(args[1]), queues);
            // Nothing is closed: the next start finds what a crash leaves.
            Runtime.getRuntime().halt(0);
        }
        drain(Path.of(args[1]), queues);
    }

    private static void fill(Path directory, int queues) throws Exception {
        BenchBroker broker = new BenchBroker(directory);
        long heapBefore = Measures.heapBytes();
        long start = System.nanoTime();
        List<QueueDefinition> made = new ArrayList<>(queues);
        while (made.size() < queues) {
            List<CompletableFuture<QueueCreation>> creations = new ArrayList<>();
            for (int i = made.size(); i < Math.min(queues, made.size() + AT_ONCE); i++) {
                creations.add(
                        broker.broker().catalog().createQueue(BenchBroker.key("queue-" + i), QueueSettings.DEFAULT));
            }
            for (CompletableFuture<QueueCreation> each : creations) {
                made.add(each.get().queue());
            }
        }
        print("made", queues, start, heapBefore);
        start = System.nanoTime();
        forAll(made, queue -> Producer.start(broker, queue, BODY_BYTES, 0, MESSAGES));
        print(MESSAGES + " messages published to each", queues, start, heapBefore);
        System.out.printf("%,d MiB resident; %s%n", Measures.residentBytes() >> 20, Measures.files(directory));
    }

    private static void drain(Path directory, int queues) throws Exception {
        try (BenchBroker broker = new BenchBroker(directory)) {
            System.out.printf("start after a crash, until operations are taken: %.2f s%n", broker.startSeconds());
            System.out.printf("heap in use: %,d KiB%n", Measures.heapBytes() >> 10);
            long start = System.nanoTime();
            List<QueueDefinition> all = new ArrayList<>(queues);
            for (int i = 0; i < queues; i++) {
                QueueDefinition queue = broker.broker().catalog().snapshot().queue(BenchBroker.key("queue-" + i));
                if (queue == null) {
                    throw new IllegalStateException("queue " + i + " is gone");
                }
                all.add(queue);
            }
            forAll(all, queue -> Consumer.start(broker, queue, 0, MESSAGES));
            System.out.printf(
                    "%,d queues drained in %.1f s; %s%n",
                    queues, (System.nanoTime() - start) / 1e9, Measures.files(directory));
        }
        try (BenchBroker broker = new BenchBroker(directory)) {
            System.out.printf("start after a proper end: %.2f s%n", broker.startSeconds());
        }
    }

    private interface Step {
        CompletableFuture<Void> start(QueueDefinition queue);
    }

    private static void forAll(List<QueueDefinition> queues, Step step) throws Exception {
        for (int i = 0; i < queues.size(); i += AT_ONCE) {
            List<CompletableFuture<Void>> steps = new ArrayList<>();
            for (QueueDefinition each : queues.subList(i, Math.min(queues.size(), i + AT_ONCE))) {
                steps.add(step.start(each));
            }
            for (CompletableFuture<Void> each : steps) {
                each.get();
            }
        }
    }

    private static void print(String what, int queues, long start, long heapBefore) {
        double seconds = (System.nanoTime() - start) / 1e9;
        long heap = Measures.heapBytes() - heapBefore;
        System.out.printf(
                "%,d queues, %s: %.1f s, %,d KiB of heap more, %,d bytes a queue%n",
                queues, what, seconds, heap >> 10, heap / queues);
    }
}

package io.millrace.bench.scale;

import io.millrace.bench.JournalTable;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * Bytes written to disk per byte published, as the kernel counts them for this process: queues whose consumers keep up,
 * and one of which every tenth message stays with its consumer. Arguments: the directory, MiB to publish a row.
 */
public final class AmplificationTable {
    private static final int SLOW_TAIL = 10;
    private static final long CALM_MILLIS = 500;

    private AmplificationTable() {}

    /** Runs the table. */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(args[0]), "amplification");
        long bytes = Long.parseLong(args[1]) << 20;
        try {
            for (int bodyBytes : new int[] {256, 1024, 10_240}) {
                row(directory.resolve("keep-up-" + bodyBytes), "consumers keep up", bodyBytes, bytes, number -> true);
            }
            for (int bodyBytes : new int[] {256, 1024, 10_240}) {
                row(
                        directory.resolve("slow-tail-" + bodyBytes),
                        "every 10th stays leased",
                        bodyBytes,
                        bytes,
                        number -> number % SLOW_TAIL != 0);
            }
        } finally {
            JournalTable.delete(directory);
        }
    }

    private static void row(Path directory, String what, int bodyBytes, long bytes, LongPredicate acknowledged)
            throws Exception {
        long messages = bytes / bodyBytes;
        try (BenchBroker broker = new BenchBroker(directory)) {
            QueueDefinition queue = broker.queue("queue");
            long before = Measures.writtenBytes();
            CompletableFuture.allOf(
                            Producer.start(broker, queue, bodyBytes, 0, messages),
                            Consumer.start(broker, queue, 0, messages, acknowledged))
                    .get();
            long written = calmBytes() - before;
            System.out.printf(
                    "%-24s bodies of %,6d bytes: %.2f bytes written a byte published; %s%n",
                    what, bodyBytes, (double) written / (messages * bodyBytes), Measures.files(directory));
        }
    }

    /** What was written when nothing is written any more. */
    private static long calmBytes() throws Exception {
        long before = -1;
        long now = Measures.writtenBytes();
        while (now != before) {
            before = now;
            TimeUnit.MILLISECONDS.sleep(CALM_MILLIS);
            now = Measures.writtenBytes();
        }
        return now;
    }
}

package io.millrace.bench.scale;

import io.millrace.bench.JournalTable;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.storage.StoreFigures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;

/**
 * Bytes written to disk per byte published, as the device counts them, so nothing else may write: queues whose
 * consumers keep up, and one of which every tenth message stays with its consumer. Arguments: the directory, MiB to
 * publish a row.
 */
public final class AmplificationTable {
    private static final int SLOW_TAIL = 10;
    private static final long STRETCH_BYTES = 4 << 20;

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
            long before = Measures.deviceBytes(directory);
            // Consumers are one stretch behind the producers.
            long stretch = STRETCH_BYTES / bodyBytes;
            Producer.start(broker, queue, bodyBytes, 0, stretch).get();
            long at = 0;
            for (; at + 2 * stretch <= messages; at += stretch) {
                CompletableFuture.allOf(
                                Producer.start(broker, queue, bodyBytes, at + stretch, at + 2 * stretch),
                                Consumer.start(broker, queue, at, at + stretch, acknowledged))
                        .get();
            }
            Consumer.start(broker, queue, at, at + stretch, acknowledged).get();
            long published = (at + stretch) * bodyBytes;
            long written = Measures.deviceBytes(directory) - before;
            StoreFigures journal = broker.broker().store().figures();
            System.out.printf(
                    "%-24s bodies of %,6d bytes: %.2f bytes written a byte published, %.2f of them into the journal in"
                            + " groups of %,d bytes; %s%n",
                    what,
                    bodyBytes,
                    (double) written / published,
                    (double) journal.writtenBytes() / published,
                    journal.writtenBytes() / journal.groups(),
                    Measures.files(directory));
        }
    }
}

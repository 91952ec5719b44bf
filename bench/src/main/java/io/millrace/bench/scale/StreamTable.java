package io.millrace.bench.scale;

import io.millrace.bench.JournalTable;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Messages of 1 MiB written and read front to back, each beside {@code dd} in the same run: what it writes with a sync
 * every 8 MiB, and what it reads of the same files. They are read as a stream and as messages of a queue. Nothing that
 * is read is in the page cache; for that it needs to be root. Arguments: the directory, MiB.
 */
public final class StreamTable {
    private static final int BODY_BYTES = 1 << 20;
    private static final int ROUNDS = 3;

    private StreamTable() {}

    /** Runs the table. */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(args[0]), "stream");
        long messages = Long.parseLong(args[1]);
        try {
            for (int round = 1; round <= ROUNDS; round++) {
                round(directory.resolve("round-" + round), messages);
            }
        } finally {
            JournalTable.delete(directory);
        }
    }

    private static void round(Path directory, long messages) throws Exception {
        Files.createDirectories(directory);
        double rawWrite = rate(messages, () -> write(directory.resolve("raw"), messages));
        Path store = directory.resolve("store");
        try (BenchBroker broker = new BenchBroker(store)) {
            QueueDefinition queue = broker.queue("queue");
            // What is prepared once for all time is there.
            Producer.start(broker, queue, BODY_BYTES, 0, 1).get();
            long before = Measures.deviceBytes(directory);
            double write = rate(messages - 1, () -> await(Producer.start(broker, queue, BODY_BYTES, 1, messages)));
            System.out.printf(
                    "write: %,.0f MB/s, dd with a sync every 8 MiB %,.0f MB/s: %.0f %%; %.2f bytes written a byte%n",
                    write,
                    rawWrite,
                    100 * write / rawWrite,
                    (double) (Measures.deviceBytes(directory) - before) / (messages * BODY_BYTES));
        }
        dropCaches();
        double rawRead = rate(messages, () -> readAll(store));
        try (BenchBroker broker = new BenchBroker(store)) {
            QueueDefinition queue = broker.queue("queue");
            dropCaches();
            print("fetch", rate(messages, () -> await(Reader.start(broker, queue, messages))), rawRead);
            dropCaches();
            print("receive", rate(messages, () -> await(Consumer.start(broker, queue, 0, messages))), rawRead);
        }
        JournalTable.delete(directory);
    }

    private static void print(String what, double rate, double rawRate) {
        System.out.printf("%s: %,.0f MB/s, dd %,.0f MB/s: %.0f %%%n", what, rate, rawRate, 100 * rate / rawRate);
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Megabytes a second. */
    private static double rate(long messages, Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return messages * BODY_BYTES * 1e3 / (System.nanoTime() - start);
    }

    private static void await(CompletableFuture<Void> done) throws Exception {
        done.get();
    }

    private static void write(Path file, long messages) throws Exception {
        long blocks = messages / 8;
        shell("dd if=/dev/zero of='" + file + "' bs=8M count=" + blocks + " oflag=dsync 2>/dev/null");
        Files.delete(file);
    }

    private static void readAll(Path directory) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each : files.filter(StreamTable::isLarge).toList()) {
                shell("dd if='" + each + "' of=/dev/null bs=1M 2>/dev/null");
            }
        }
    }

    private static boolean isLarge(Path file) {
        return file.toFile().length() >= BODY_BYTES;
    }

    private static void dropCaches() throws Exception {
        shell("sync; echo 3 > /proc/sys/vm/drop_caches");
    }

    private static void shell(String command) throws Exception {
        Process process =
                new ProcessBuilder(List.of("sh", "-c", command)).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IOException("failed: " + command);
        }
    }
}

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

    private final long messages;
    private final double[] rawWrite = new double[ROUNDS];
    private final double[] write = new double[ROUNDS];
    private final double[] rawRead = new double[ROUNDS];
    private final double[] fetch = new double[ROUNDS];
    private final double[] receive = new double[ROUNDS];

    private StreamTable(long messages) {
        this.messages = messages;
    }

    /** Runs the table. */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(args[0]), "stream");
        StreamTable table = new StreamTable(Long.parseLong(args[1]));
        try {
            for (int i = 0; i < ROUNDS; i++) {
                Path round = Files.createDirectories(directory.resolve("round-" + i));
                table.write(i, round);
                table.read(i, round.resolve("store"));
                JournalTable.delete(round);
            }
        } finally {
            JournalTable.delete(directory);
        }
        print("write", table.write, table.rawWrite);
        print("fetch", table.fetch, table.rawRead);
        print("receive", table.receive, table.rawRead);
    }

    private static void print(String what, double[] rates, double[] rawRates) {
        double rate = Measures.median(rates);
        double raw = Measures.median(rawRates);
        System.out.printf("%s, the medians: %,.0f MB/s, dd %,.0f MB/s: %.0f %%%n", what, rate, raw, 100 * rate / raw);
    }

    private void write(int round, Path directory) throws Exception {
        Measures.touchMemory(memory());
        rawWrite[round] = rate(() -> writeRaw(directory.resolve("raw")));
        try (BenchBroker broker = new BenchBroker(directory.resolve("store"))) {
            QueueDefinition queue = broker.queue("queue");
            // What is prepared once for all time is there.
            Producer.start(broker, queue, BODY_BYTES, 0, 1).get();
            Measures.touchMemory(memory());
            long before = Measures.deviceBytes(directory);
            write[round] = rate(() -> await(Producer.start(broker, queue, BODY_BYTES, 1, messages)));
            System.out.printf(
                    "write: dd %,.0f MB/s, %,.0f MB/s, %.2f bytes written a byte%n",
                    rawWrite[round],
                    write[round],
                    (double) (Measures.deviceBytes(directory) - before) / (messages * BODY_BYTES));
        }
    }

    /** More than is written or read at a time. */
    private long memory() {
        return messages * BODY_BYTES * 5 / 4;
    }

    /** Each of the three ways has its turn as the first of a round. */
    private void read(int round, Path store) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            switch ((round + i) % ROUNDS) {
                case 0 -> rawRead[round] = coldRate("dd", () -> readAll(store));
                case 1 -> fetch[round] = read(store, "fetch", (broker, queue) -> Reader.start(broker, queue, messages));
                default ->
                    receive[round] = read(
                            store,
                            "receive",
                            (broker, queue) -> Consumer.start(broker, queue, 0, messages, each -> false));
            }
        }
        System.out.println();
    }

    private interface Readers {
        CompletableFuture<Void> start(BenchBroker broker, QueueDefinition queue);
    }

    private double read(Path store, String what, Readers readers) throws Exception {
        try (BenchBroker broker = new BenchBroker(store)) {
            QueueDefinition queue = broker.queue("queue");
            return coldRate(what, () -> await(readers.start(broker, queue)));
        }
    }

    /** Megabytes a second of a read of files that are not in the page cache. */
    private double coldRate(String what, Work work) throws Exception {
        dropCaches();
        Measures.touchMemory(memory());
        double rate = rate(work);
        System.out.printf("%s: %,.0f MB/s; ", what, rate);
        return rate;
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Megabytes a second. */
    private double rate(Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return messages * BODY_BYTES * 1e3 / (System.nanoTime() - start);
    }

    private static void await(CompletableFuture<Void> done) throws Exception {
        done.get();
    }

    private void writeRaw(Path file) throws Exception {
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

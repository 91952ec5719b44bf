package io.millrace.bench;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.run.OrderedIndex;
import io.millrace.storage.run.OrderedIndexOptions;
import io.millrace.storage.run.RangeScan;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Ordered indexes over a local store: records put in, memory with all of them in runs, an index restored from its
 * description, records taken in order, or looked up. Arguments: the directory to write in, the number of records.
 */
public final class OrderedIndexTable {
    private static final int RECORDS_PER_TURN = 1000;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final int LOOKUPS = 200_000;

    private OrderedIndexTable() {}

    /** Which records are put in. */
    private enum Shape {
        RANDOM_PRIORITIES,
        TEN_PRIORITIES,
        DUE_TIMES,
        HASHES;

        long key(long number, SplittableRandom random) {
            return switch (this) {
                case RANDOM_PRIORITIES -> random.nextLong(1L << 32);
                case TEN_PRIORITIES -> random.nextInt(10);
                case DUE_TIMES -> 1_700_000_000_000L + number / 10 + random.nextInt(60_000);
                case HASHES -> number * GOLDEN;
            };
        }

        long sub(long number) {
            return this == HASHES ? -number * GOLDEN : number;
        }
    }

    /** Runs the table. */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "."), "index-bench");
        int records = args.length > 1 ? Integer.parseInt(args[1]) : 10_000_000;
        try {
            for (Shape shape : Shape.values()) {
                Path place = Files.createTempDirectory(directory, "row");
                row(place, shape, records);
                JournalTable.delete(place);
            }
        } finally {
            JournalTable.delete(directory);
        }
    }

    private static void row(Path directory, Shape shape, int records) throws Exception {
        OrderedIndexOptions options =
                shape == Shape.HASHES ? OrderedIndexOptions.filtered(1) : OrderedIndexOptions.ordered(1);
        try (IndexedShard shard = new IndexedShard(directory)) {
            long heapBefore = heapBytes();
            long directBefore = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
            OrderedIndex index = shard.index(options);
            long start = System.nanoTime();
            add(shard, index, shape, records);
            double addSeconds = (System.nanoTime() - start) / 1e9;
            shard.settle();
            double settledSeconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%-17s: put in %,9.0f records/s (%,.0f with the last merge), %d runs of %d written, %.1f bytes a"
                            + " record written%n",
                    shape.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    records / addSeconds,
                    records / settledSeconds,
                    index.runs(),
                    shard.segments(),
                    (double) diskBytes(directory) / records);
            OrderedIndex restored = restore(shard, index, options);
            printMemory("with " + restored.headRecords() + " records in the head", heapBefore, directBefore, records);
            if (shape == Shape.HASHES) {
                lookUp(shard, restored, records);
            } else {
                take(shard, restored, records);
            }
            printMemory("when done", heapBefore, directBefore, records);
            restored.close();
        }
    }

    private static void add(IndexedShard shard, OrderedIndex index, Shape shape, int records) throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < records; i++) {
            index.add(shape.key(i, random), shape.sub(i), i);
            if (i % RECORDS_PER_TURN == 0) {
                shard.loop().runWaiting();
                while (index.headRecords() > 500_000) {
                    shard.loop().runNext();
                }
            }
        }
    }

    /** Another index, made from a description of this one. */
    private static OrderedIndex restore(IndexedShard shard, OrderedIndex index, OrderedIndexOptions options)
            throws CorruptEntryException {
        ByteBuf description = Unpooled.buffer();
        index.describe(description);
        index.close();
        int bytes = description.readableBytes();
        long start = System.nanoTime();
        OrderedIndex restored = new OrderedIndex(options, shard);
        restored.restore(description);
        restored.open(shard.log());
        System.out.printf("%-17s  restored from %,d bytes in %.2f ms%n", "", bytes, (System.nanoTime() - start) / 1e6);
        return restored;
    }

    private static void take(IndexedShard shard, OrderedIndex index, int records) throws Exception {
        long start = System.nanoTime();
        long waits = 0;
        long taken = 0;
        long lastKey = Long.MIN_VALUE;
        for (OrderedIndex.State state = index.peek(); state != OrderedIndex.State.EMPTY; state = index.peek()) {
            if (state == OrderedIndex.State.LOADING) {
                waits++;
                shard.loop().runNext();
                continue;
            }
            if (index.key() < lastKey) {
                throw new IllegalStateException("out of order");
            }
            lastKey = index.key();
            index.poll();
            taken++;
            if (taken % RECORDS_PER_TURN == 0) {
                shard.loop().runWaiting();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (taken != records) {
            throw new IllegalStateException(taken + " of " + records + " records came back");
        }
        System.out.printf(
                "%-17s  taken in order %,9.0f records/s, waited %d times for the disk%n", "", taken / seconds, waits);
    }

    private static void lookUp(IndexedShard shard, OrderedIndex index, int records) throws Exception {
        for (boolean isThere : new boolean[] {false, false, true}) {
            SplittableRandom random = new SplittableRandom(2);
            long start = System.nanoTime();
            int atOnce = 0;
            for (int i = 0; i < LOOKUPS; i++) {
                long number = random.nextLong(records) + (isThere ? 0 : records);
                Lookup lookup = new Lookup(number * GOLDEN, -number * GOLDEN);
                if (index.scan(lookup)) {
                    atOnce++;
                } else {
                    while (!lookup.isComplete) {
                        shard.loop().runNext();
                    }
                }
                if (lookup.records().count() != (isThere ? 1 : 0)) {
                    throw new IllegalStateException("a wrong answer for " + number);
                }
            }
            System.out.printf(
                    "%-17s  looked up %,9.0f/s one by one, of keys that are %s, %.2f %% without reading%n",
                    "",
                    LOOKUPS / ((System.nanoTime() - start) / 1e9),
                    isThere ? "there" : "not there",
                    100.0 * atOnce / LOOKUPS);
        }
    }

    private static void printMemory(String when, long heapBefore, long directBefore, int records) {
        long heap = heapBytes() - heapBefore;
        long direct = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - directBefore;
        System.out.printf(
                "%-17s  %s: %,d KiB of heap, %,d KiB of direct memory, %.3f bytes a record%n",
                "", when, heap >> 10, direct >> 10, (double) (heap + direct) / records);
    }

    private static long heapBytes() {
        // The second one takes what the first one's cleaning has let go.
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long diskBytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("segment"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static final class Lookup extends RangeScan {
        private boolean isComplete;

        Lookup(long key, long sub) {
            super(key, sub, sub, 1);
        }

        @Override
        public void onComplete() {
            isComplete = true;
        }
    }
}

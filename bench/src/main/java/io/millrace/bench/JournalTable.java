package io.millrace.bench;

import io.millrace.storage.local.LocalStoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The journal beside the raw disk, in one run: 1, 16 and 256 appenders with 1 and 16 appends outstanding each, records
 * of 256 bytes, payload bytes counted; each with no group and with one group written ahead of the sync, in turns, for
 * which of them is better is decided by this table. Arguments: the directory to write in, seconds per row.
 */
public final class JournalTable {
    private static final int RECORD_BYTES = 256;
    private static final int AIM_BLOCK_BYTES = 64 << 10;

    private JournalTable() {}

    /** Runs the table. */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "."), "journal-bench");
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        try {
            double aim = rawRows(directory, seconds);
            for (int outstanding : new int[] {1, 16}) {
                for (int appenders : new int[] {1, 16, 256}) {
                    // A B B A: what came before is part of what is measured.
                    for (int groupsAhead : new int[] {0, 1, 1, 0}) {
                        row(directory, appenders, outstanding, seconds, groupsAhead, aim);
                    }
                }
            }
            rawRows(directory, seconds);
        } finally {
            delete(directory);
        }
    }

    /** Measures the disk; returns the bytes per second of the block size that the aim speaks of. */
    private static double rawRows(Path directory, int seconds) throws IOException {
        double aim = 0;
        for (int block : new int[] {256, 4096, AIM_BLOCK_BYTES, 1 << 20}) {
            double rate = RawDisk.syncedBytesPerSecond(directory, block, seconds);
            System.out.printf(
                    "raw write+fdatasync, blocks of %7d: %8.1f MB/s, %7.0f syncs/s%n", block, rate / 1e6, rate / block);
            aim = block == AIM_BLOCK_BYTES ? rate : aim;
        }
        return aim;
    }

    private static void row(
            Path directory, int appenders, int outstanding, int seconds, int groupsAhead, double rawBytesPerSecond)
            throws Exception {
        LocalStoreOptions defaults = LocalStoreOptions.DEFAULT;
        LocalStoreOptions options = new LocalStoreOptions(
                defaults.shards(),
                defaults.fileBytes(),
                defaults.spareFiles(),
                defaults.tailCacheBytes(),
                defaults.chunkBytes(),
                groupsAhead,
                defaults.journalBytes());
        Path place = Files.createTempDirectory(directory, "row");
        try (JournalLoad load = new JournalLoad(place, options, appenders, outstanding, RECORD_BYTES)) {
            long batch = 200L * appenders * outstanding;
            runFor(load, batch, seconds / 2.0);
            long syncsBefore = load.store().counters().syncs();
            long nanosBefore = load.store().counters().syncNanos();
            long start = System.nanoTime();
            long records = runFor(load, batch, seconds);
            double elapsed = (System.nanoTime() - start) / 1e9;
            long syncs = load.store().counters().syncs() - syncsBefore;
            double syncMicros = (load.store().counters().syncNanos() - nanosBefore) / 1e3 / syncs;
            double bytesPerSecond = records * RECORD_BYTES / elapsed;
            System.out.printf(
                    "journal, %3d appenders x %2d outstanding, %d ahead: %9.0f records/s, %7.1f MB/s payload"
                            + " (%3.0f %% of raw 64 KiB), %6.0f syncs/s of %4.0f us, %6.1f records a sync%n",
                    appenders,
                    outstanding,
                    groupsAhead,
                    records / elapsed,
                    bytesPerSecond / 1e6,
                    100 * bytesPerSecond / rawBytesPerSecond,
                    syncs / elapsed,
                    syncMicros,
                    (double) records / syncs);
        }
        delete(place);
    }

    private static long runFor(JournalLoad load, long batch, double seconds) throws InterruptedException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        long records = 0;
        while (System.nanoTime() < end) {
            load.run(batch);
            records += batch;
        }
        return records;
    }

    public static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            List<Path> all = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path each : all) {
                Files.delete(each);
            }
        }
    }
}

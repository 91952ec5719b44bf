package io.millrace.bench.scale;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Scanner;

/** What this process uses. Linux. */
final class Measures {
    private static final int SECTORS_WRITTEN = 6;
    private static final int SECTOR_BYTES = 512;

    private static final Path MEMORY_FILES = Path.of("/dev/shm");

    private Measures() {}

    /**
     * Has so much memory at hand that is free: writes it, and lets it go. A virtual machine gets memory from its host
     * when it first uses it, page by page, and may give back what is free for some seconds. Whoever comes first after
     * that would be measured with it: a cold read by dd is four times slower then.
     */
    static void touchMemory(long bytes) throws IOException {
        Path file = Files.createTempFile(MEMORY_FILES, "millrace-bench", null);
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] piece = new byte[1 << 20];
            for (long written = 0; written < bytes; written += piece.length) {
                out.write(piece);
            }
        } finally {
            Files.delete(file);
        }
    }

    /** Of an odd number of values. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Bytes of heap in use after full collections. */
    static long heapBytes() {
        // The second one takes what the first one's cleaning has let go.
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** What this process has had of the processors, by all its threads. */
    static long processorNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    /** Bytes of memory that this process has resident. */
    static long residentBytes() throws IOException {
        return field("/proc/self/status", "VmRSS:") << 10;
    }

    /**
     * Bytes that the device of {@code directory} was given to write, by all processes, when nothing
     * waits to be written any more. What the kernel counts for one
     * process is of no use: it counts a large page as a whole of which a part was written.
     */
    static long deviceBytes(Path directory) throws IOException {
        long device = ((Number) Files.getAttribute(directory, "unix:dev")).longValue();
        String name = ((device >>> 8) & 0xFFF) + ":" + (device & 0xFF);
        new ProcessBuilder("sync").start().onExit().join();
        try (Scanner counts = new Scanner(Path.of("/sys/dev/block", name, "stat"), UTF_8)) {
            for (int i = 0; i < SECTORS_WRITTEN; i++) {
                counts.nextLong();
            }
            return counts.nextLong() * SECTOR_BYTES;
        }
    }

    private static long field(String file, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of(file))) {
            if (line.startsWith(name)) {
                return Long.parseLong(
                        line.substring(name.length()).replace("kB", "").trim());
            }
        }
        throw new IOException(file + " has no " + name);
    }

    /** How many files there are in {@code directory}, and their bytes; those that go meanwhile are left out. */
    static String files(Path directory) throws IOException {
        long[] count = new long[2];
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                count[0] += attributes.isRegularFile() ? 1 : 0;
                count[1] += attributes.isRegularFile() ? attributes.size() : 0;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
        return "%d files, %,d MiB".formatted(count[0], count[1] >> 20);
    }
}

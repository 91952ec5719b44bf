package io.millrace.bench.scale;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process uses. Linux. */
final class Measures {
    private Measures() {}

    /** Bytes of heap in use after full collections. */
    static long heapBytes() {
        // The second one takes what the first one's cleaning has let go.
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Bytes of memory that this process has resident. */
    static long residentBytes() throws IOException {
        return field("/proc/self/status", "VmRSS:") << 10;
    }

    /** Bytes that this process has had written to disk, as the kernel counts them. */
    static long writtenBytes() throws IOException {
        return field("/proc/self/io", "write_bytes:");
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

    /** How many files there are in {@code directory}, and their bytes. */
    static String files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            long[] lengths = files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .toArray();
            long bytes = 0;
            for (long each : lengths) {
                bytes += each;
            }
            return "%d files, %,d MiB".formatted(lengths.length, bytes >> 20);
        }
    }
}

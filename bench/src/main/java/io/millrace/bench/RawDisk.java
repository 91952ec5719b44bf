package io.millrace.bench;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * What the disk does with {@code write} and {@code fdatasync} by one thread, over a file that was written before: the
 * limit that a journal is measured against.
 */
final class RawDisk {
    private static final long FILE_BYTES = 256L << 20;

    private RawDisk() {}

    /** Bytes a second with blocks of {@code blockBytes}, a sync after each, for about {@code seconds}. */
    static double syncedBytesPerSecond(Path directory, int blockBytes, int seconds) throws IOException {
        Path path = directory.resolve("raw-disk.tmp");
        byte[] content = new byte[blockBytes];
        new Random(1).nextBytes(content);
        ByteBuffer block = ByteBuffer.allocateDirect(blockBytes).put(content);
        try (FileChannel channel = FileChannel.open(path, CREATE, WRITE)) {
            prewrite(channel);
            long start = System.nanoTime();
            long end = start + seconds * 1_000_000_000L;
            long bytes = 0;
            while (System.nanoTime() < end) {
                channel.write(block.clear(), bytes % (FILE_BYTES - blockBytes + 1) / blockBytes * blockBytes);
                channel.force(false);
                bytes += blockBytes;
            }
            return bytes * 1e9 / (System.nanoTime() - start);
        } finally {
            Files.delete(path);
        }
    }

    private static void prewrite(FileChannel channel) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        for (long at = 0; at < FILE_BYTES; at += zeros.capacity()) {
            channel.write(zeros.clear(), at);
        }
        channel.force(true);
    }
}

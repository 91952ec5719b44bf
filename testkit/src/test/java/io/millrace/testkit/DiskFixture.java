package io.millrace.testkit;

import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** A simulated disk with a directory, and short ways to use it. */
final class DiskFixture {
    static final Path DIRECTORY = Path.of("/data");

    final SplittableRandom random;
    final SimulatedFileSystem disk;

    DiskFixture(long seed) {
        random = new SplittableRandom(seed);
        disk = new SimulatedFileSystem(random.split());
        try {
            disk.createDirectories(DIRECTORY);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Path path(String name) {
        return DIRECTORY.resolve(name);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A file whose name is durable and whose contents are synced. */
    StorageFile durable(String name, String content) throws IOException {
        StorageFile file = unsynced(name, content);
        file.sync();
        disk.syncDirectory(DIRECTORY);
        return file;
    }

    /** A file of which nothing is durable. */
    StorageFile unsynced(String name, String content) throws IOException {
        StorageFile file = disk.create(path(name));
        file.write(bytes(content), 0);
        return file;
    }

    void crash(Survival survival) {
        disk.crash(survival, random);
        disk.restart();
    }

    void crash() {
        disk.crash(random);
        disk.restart();
    }

    void kill() {
        disk.kill();
        disk.restart();
    }

    boolean exists(String name) {
        return disk.exists(path(name));
    }

    String read(String name) throws IOException {
        try (StorageFile file = disk.open(path(name))) {
            return read(file);
        }
    }

    static String read(StorageFile file) throws IOException {
        return new String(content(file), StandardCharsets.ISO_8859_1);
    }

    byte[] content(String name) throws IOException {
        try (StorageFile file = disk.open(path(name))) {
            return content(file);
        }
    }

    static byte[] content(StorageFile file) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(Math.toIntExact(file.size()));
        file.read(target, 0);
        return target.array();
    }
}

package io.millrace.storage.local;

import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** The files of a data directory as bytes, to be harmed and put on another disk. Immutable; changes make copies. */
final class DirectoryImage {
    private final TreeMap<Path, byte[]> files;

    private DirectoryImage(Map<Path, byte[]> files) {
        this.files = new TreeMap<>(files);
    }

    /** What is in {@link StoreProcess#DIRECTORY} of {@code disk}. */
    static DirectoryImage of(FileSystem disk) throws IOException {
        Map<Path, byte[]> files = new TreeMap<>();
        for (Path path : disk.list(StoreProcess.DIRECTORY)) {
            try (StorageFile file = disk.open(path)) {
                ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
                file.read(bytes, 0);
                files.put(path, bytes.array());
            }
        }
        return new DirectoryImage(files);
    }

    /** A disk with these files, all synced. */
    SimulatedFileSystem disk() throws IOException {
        SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(11));
        disk.createDirectories(StoreProcess.DIRECTORY);
        for (Map.Entry<Path, byte[]> each : files.entrySet()) {
            try (StorageFile file = disk.create(each.getKey())) {
                file.write(ByteBuffer.wrap(each.getValue()), 0);
                file.sync();
            }
        }
        disk.syncDirectory(StoreProcess.DIRECTORY);
        return disk;
    }

    byte[] bytes(Path path) {
        return files.get(path).clone();
    }

    boolean has(Path path) {
        return files.containsKey(path);
    }

    long totalBytes() {
        return files.values().stream().mapToLong(bytes -> bytes.length).sum();
    }

    DirectoryImage with(Path path, byte[] bytes) {
        DirectoryImage changed = new DirectoryImage(files);
        changed.files.put(path, bytes);
        return changed;
    }

    DirectoryImage without(Path path) {
        DirectoryImage changed = new DirectoryImage(files);
        changed.files.remove(path);
        return changed;
    }

    DirectoryImage renamed(Path source, Path target) {
        return without(source).with(target, bytes(source));
    }

    DirectoryImage flipped(Path path, long offset, int bit) {
        byte[] bytes = bytes(path);
        bytes[(int) offset] ^= (byte) (1 << bit);
        return with(path, bytes);
    }

    /** Everything from {@code offset} on reads as zeros. */
    DirectoryImage zeroed(Path path, long offset, long end) {
        byte[] bytes = bytes(path);
        Arrays.fill(bytes, (int) offset, (int) end, (byte) 0);
        return with(path, bytes);
    }

    /** Everything from {@code offset} on reads as something else. */
    DirectoryImage scrambled(Path path, long offset, RandomGenerator random) {
        byte[] bytes = bytes(path);
        byte[] noise = new byte[bytes.length];
        random.nextBytes(noise);
        System.arraycopy(noise, (int) offset, bytes, (int) offset, bytes.length - (int) offset);
        return with(path, bytes);
    }

    DirectoryImage cut(Path path, long offset) {
        return with(path, Arrays.copyOf(bytes(path), (int) offset));
    }
}

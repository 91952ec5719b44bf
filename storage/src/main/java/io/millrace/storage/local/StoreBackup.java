package io.millrace.storage.local;

import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Copies of data directories that no store uses: {@link #copy} makes one, {@link #restore} makes a data directory of
 * it. Blocks; holds one piece of a file at a time. For one thread.
 */
public final class StoreBackup {
    private static final int PIECE_BYTES = 1 << 20;

    private final FileSystem fileSystem;
    private final IntConsumer onCopied;
    private final FileCopy copy = new FileCopy(PIECE_BYTES);

    /** {@code onCopied} hears of every piece that was copied, and how many bytes it has. */
    public StoreBackup(FileSystem fileSystem, IntConsumer onCopied) {
        this.fileSystem = fileSystem;
        this.onCopied = onCopied;
    }

    /**
     * Copies the store's files in {@code directory}, and those of {@code others} that are there, into {@code target},
     * an empty directory that exists. The list of files is written last: what was interrupted before is no backup.
     * Returns the number of bytes.
     */
    public long copy(Path directory, Set<String> others, Path target) throws IOException {
        requireEmpty(target);
        if (!fileSystem.exists(directory.resolve(StoreIdentity.NAME))) {
            throw new IOException(directory + " has no file " + StoreIdentity.NAME + ": it is no data directory");
        }
        List<BackupList.Item> copied = new ArrayList<>();
        for (Path path : fileSystem.list(directory)) {
            StoredFile file = StoredFile.of(path, 0);
            if (file.kind() != StoredFile.Kind.OTHER || others.contains(file.name())) {
                copied.add(copy(path, target.resolve(file.name()), file.name()));
            }
        }
        BackupList list = new BackupList(copied);
        fileSystem.syncDirectory(target);
        list.write(fileSystem, target);
        return list.bytes();
    }

    /**
     * Makes a data directory of the backup in {@code backup}: checks and copies every file into {@code target}, an
     * empty directory that exists, but for what {@code mayBeThere} names. The file without which nobody takes it for a
     * data directory is the last. Returns the number of bytes.
     */
    public long restore(Path backup, Path target, Set<String> mayBeThere) throws IOException {
        BackupList list = BackupList.read(fileSystem, backup);
        for (Path each : fileSystem.list(target)) {
            if (!mayBeThere.contains(String.valueOf(each.getFileName()))) {
                throw new IOException(target + " is not empty: " + each.getFileName() + " is in it");
            }
        }
        List<BackupList.Item> last = new ArrayList<>();
        for (BackupList.Item each : list.files()) {
            if (each.name().equals(StoreIdentity.NAME)) {
                last.add(each);
            } else {
                restore(each, backup, target);
            }
        }
        fileSystem.syncDirectory(target);
        for (BackupList.Item each : last) {
            restore(each, backup, target);
        }
        fileSystem.syncDirectory(target);
        return list.bytes();
    }

    private void requireEmpty(Path target) throws IOException {
        List<Path> there = fileSystem.list(target);
        if (!there.isEmpty()) {
            throw new IOException(target + " is not empty: " + there.get(0).getFileName() + " is in it");
        }
    }

    private void restore(BackupList.Item item, Path backup, Path target) throws IOException {
        Path source = backup.resolve(item.name());
        if (!fileSystem.exists(source)) {
            throw new IOException(source + " is missing: the backup is not complete");
        }
        BackupList.Item copied = copy(source, target.resolve(item.name()), item.name());
        if (!copied.equals(item)) {
            throw new IOException(source + " is damaged: it has " + copied.bytes() + " bytes, " + item.bytes()
                    + " were written, and " + (copied.bytes() == item.bytes() ? "it fails its checksum" : "not these"));
        }
    }

    private BackupList.Item copy(Path source, Path target, String name) throws IOException {
        copy.begin();
        long at = 0;
        try (StorageFile from = fileSystem.openToRead(source);
                StorageFile to = fileSystem.create(target)) {
            int count = copy.next(from, to, at, Long.MAX_VALUE);
            while (count > 0) {
                at += count;
                onCopied.accept(count);
                count = copy.next(from, to, at, Long.MAX_VALUE);
            }
            to.sync();
        }
        return new BackupList.Item(name, at, copy.crc());
    }
}

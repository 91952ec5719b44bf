package io.millrace.storage.local;

import io.millrace.base.Agent;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.OutOfSpaceException;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent that has the next files of the journal ready and takes the dead ones away: renamed for use again while
 * spares are wanted, deleted otherwise, strictly in their order and each made durable before the next. A full disk
 * is not a failure: the store tells its shards, and preparing is tried again.
 */
final class FileKeeper implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(FileKeeper.class);
    private static final int PREPARE_STEP_BYTES = 1 << 20;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LocalStore store;
    private final FileSystem fileSystem;
    private final Path directory;
    private final long fileBytes;
    private final int spareFiles;
    private final Queue<Removal> removals = new ConcurrentLinkedQueue<>();
    /** Numbers of the files that have left the journal and are there still. */
    private final Set<Long> outside = new HashSet<>();

    private final Queue<PreparedFile> prepared = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Removal> underWay = new ArrayDeque<>();
    private long nextNumber;

    /** A file that leaves the journal: for good, or to stay because of adopted extents. */
    private record Removal(JournalFile file, boolean setAside) {}

    private boolean outOfSpace;

    FileKeeper(LocalStore store, FileSystem fileSystem, Path directory, long nextNumber, List<JournalFile> adopted) {
        adopted.forEach(file -> outside.add(file.number));
        this.store = store;
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.fileBytes = store.options().fileBytes();
        this.spareFiles = store.options().spareFiles();
        this.nextNumber = nextNumber;
    }

    /** A file that nobody needs. The writer's thread; the caller raises the signal. */
    void retire(JournalFile file) {
        removals.add(new Removal(file, false));
    }

    /** A file that leaves the journal and stays because of adopted extents. As {@link #retire}. */
    void setAside(JournalFile file) {
        removals.add(new Removal(file, true));
    }

    /** Takes a prepared file. The writer's thread; the caller raises the signal afterwards. */
    @Nullable
    PreparedFile take() {
        return prepared.poll();
    }

    /** Closes what it still holds. After the agent has ended. */
    void close() throws IOException {
        for (PreparedFile each = prepared.poll(); each != null; each = prepared.poll()) {
            each.file().close();
        }
        takeRemovals();
        for (Removal each : underWay) {
            if (!each.setAside) {
                each.file.file.close();
            }
        }
    }

    @Override
    public boolean work() {
        if (store.failure() != null) {
            return false;
        }
        takeRemovals();
        try {
            return removeOldest() || prepareNext();
        } catch (IOException e) {
            store.fail(e);
            return false;
        }
    }

    @Override
    public long idleNanosMax() {
        return outOfSpace ? RETRY_NANOS : Long.MAX_VALUE;
    }

    private void takeRemovals() {
        for (Removal each = removals.poll(); each != null; each = removals.poll()) {
            underWay.add(each);
        }
    }

    private boolean removeOldest() throws IOException {
        Removal next = underWay.peek();
        if (next == null || !(next.setAside || next.file.isFree())) {
            return false;
        }
        underWay.remove();
        JournalFile oldest = next.file;
        if (next.setAside) {
            outside.add(oldest.number);
            fileSystem.rename(
                    JournalFile.path(directory, oldest.number), JournalFile.adoptedPath(directory, oldest.number));
            fileSystem.syncDirectory(directory);
            return true;
        }
        boolean adopted = outside.remove(oldest.number);
        Path path = adopted
                ? JournalFile.adoptedPath(directory, oldest.number)
                : JournalFile.path(directory, oldest.number);
        if (oldest.isDamaged()) {
            oldest.file.close();
            Path aside = directory.resolve("quarantine-" + path.getFileName());
            fileSystem.rename(path, aside);
            LOG.warn("kept the damaged journal file as {}", aside);
        } else if (!adopted && prepared.size() < spareFiles && oldest.capacityBytes == fileBytes) {
            fileSystem.rename(path, JournalFile.path(directory, nextNumber));
            fileSystem.syncDirectory(directory);
            ready(oldest.file);
            return true;
        } else {
            oldest.file.close();
            fileSystem.delete(path);
        }
        fileSystem.syncDirectory(directory);
        return true;
    }

    private boolean prepareNext() throws IOException {
        if (prepared.size() >= spareFiles) {
            return false;
        }
        Path path = JournalFile.path(directory, nextNumber);
        StorageFile file;
        try {
            file = prewrite(fileSystem, path, fileBytes);
        } catch (OutOfSpaceException e) {
            if (fileSystem.exists(path)) {
                fileSystem.delete(path);
            }
            if (!outOfSpace) {
                LOG.error(
                        "no space for the next journal file, publishing is refused until there is: {}", e.getMessage());
            }
            outOfSpace = true;
            store.publishSpace(false);
            return false;
        }
        fileSystem.syncDirectory(directory);
        ready(file);
        return true;
    }

    private void ready(StorageFile file) {
        prepared.add(new PreparedFile(nextNumber, file));
        nextNumber++;
        if (outOfSpace) {
            LOG.info("there is space for journal files again");
            outOfSpace = false;
        }
        store.publishSpace(true);
        store.wakeWriter();
    }

    /** Makes a file of {@code bytes} zeros, on disk. Also used by recovery. */
    static StorageFile prewrite(FileSystem fileSystem, Path path, long bytes) throws IOException {
        if (fileSystem.exists(path)) {
            fileSystem.delete(path);
        }
        StorageFile file = fileSystem.create(path);
        try {
            ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(PREPARE_STEP_BYTES, bytes));
            for (long at = 0; at < bytes; at += zeros.limit()) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
                file.write(zeros, at);
            }
            file.sync();
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }
}

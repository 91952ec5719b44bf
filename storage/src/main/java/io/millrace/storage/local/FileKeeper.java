package io.millrace.storage.local;

import io.millrace.base.Agent;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.OutOfSpaceException;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
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
    private final Queue<JournalFile> retired = new ConcurrentLinkedQueue<>();
    private final Queue<PreparedFile> prepared = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<JournalFile> dying = new ArrayDeque<>();
    private long nextNumber;
    private boolean outOfSpace;

    FileKeeper(LocalStore store, FileSystem fileSystem, Path directory, long nextNumber) {
        this.store = store;
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.fileBytes = store.options().fileBytes();
        this.spareFiles = store.options().spareFiles();
        this.nextNumber = nextNumber;
    }

    /** A file that nobody needs. The writer's thread; the caller raises the signal. */
    void retire(JournalFile file) {
        retired.add(file);
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
        for (JournalFile file = retired.poll(); file != null; file = retired.poll()) {
            dying.add(file);
        }
        for (JournalFile each : dying) {
            each.file.close();
        }
    }

    @Override
    public boolean work() {
        if (store.failure() != null) {
            return false;
        }
        for (JournalFile file = retired.poll(); file != null; file = retired.poll()) {
            dying.add(file);
        }
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

    private boolean removeOldest() throws IOException {
        JournalFile oldest = dying.peek();
        if (oldest == null || !oldest.isFree()) {
            return false;
        }
        dying.remove();
        Path path = JournalFile.path(directory, oldest.number);
        if (oldest.isDamaged()) {
            oldest.file.close();
            Path aside = directory.resolve("quarantine-" + path.getFileName());
            fileSystem.rename(path, aside);
            LOG.warn("kept the damaged journal file as {}", aside);
        } else if (prepared.size() < spareFiles && oldest.capacityBytes == fileBytes) {
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

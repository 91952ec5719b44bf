package io.millrace.storage.local;

import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.OutOfSpaceException;
import io.millrace.base.file.StorageFile;
import io.millrace.storage.BackupRequest;
import io.millrace.storage.BackupRun;
import io.millrace.storage.local.BackupHold.HeldFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One copy of a store that serves, from what its {@link BackupHold} has taken: a piece at each step, the list of the
 * files last. Where no copy comes of it, what was copied is deleted.
 *
 * <p>For the backup's agent; progress and the wish for an end are for any thread.
 */
final class RunningBackup implements BackupRun {
    private static final Logger LOG = LoggerFactory.getLogger(RunningBackup.class);

    /** So much is written before it is synced: else one sync would take long, also for the journal on the same disk. */
    private static final long UNSYNCED_BYTES_MAX = 16 << 20;

    final BackupHold hold;
    private final BackupRequest request;
    private final FileSystem source;
    private final Path directory;
    private final Clock clock;
    private final Runnable wake;
    private final FileSystem fileSystem;
    private final FileCopy copy;
    private final Deque<HeldFile> waiting = new ArrayDeque<>();
    private final List<BackupList.Item> copied = new ArrayList<>();
    private @Nullable Path target;
    private @Nullable HeldFile current;
    private @Nullable StorageFile from;
    private @Nullable StorageFile to;
    private long at;
    private boolean listed;
    private int filesTotal;
    private long bytesTotal;
    private long bytes;

    private long unsyncedBytes;

    private volatile long progressNanos;
    private volatile boolean cancelled;
    private volatile Progress progress = new Progress(State.RUNNING, 0, 0, 0, 0, "");

    /** Will copy what {@code hold} takes of {@code directory}; {@code wake} has the agent see that it is cancelled. */
    RunningBackup(
            BackupRequest request,
            BackupHold hold,
            FileSystem source,
            Path directory,
            FileCopy copy,
            Clock clock,
            Runnable wake) {
        this.request = request;
        this.hold = hold;
        this.source = source;
        this.directory = directory;
        this.copy = copy;
        this.clock = clock;
        this.wake = wake;
        this.progressNanos = clock.nanoTime();
        this.fileSystem = request.target().fileSystem();
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public void cancel() {
        cancelled = true;
        wake.run();
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** When it went on last, by the clock of the store. Any thread. */
    long progressNanos() {
        return progressNanos;
    }

    /** How long to wait after {@code count} bytes were copied. */
    long nanosFor(int count) {
        long most = request.bytesPerSecond();
        return most == 0 ? 0 : (long) ((double) count / most * TimeUnit.SECONDS.toNanos(1));
    }

    /** Whether its files are known. */
    boolean isOpen() {
        return target != null;
    }

    /** Makes the target, and sees whether what was taken has room there. */
    void open(List<HeldFile> taken) throws IOException {
        Path made = request.target().open();
        target = made;
        waiting.addAll(taken);
        addOther(StoreIdentity.NAME);
        for (String each : request.others()) {
            addOther(each);
        }
        filesTotal = waiting.size();
        for (HeldFile each : waiting) {
            bytesTotal += sizeOf(each);
        }
        long usable = fileSystem.usableBytes(made);
        if (usable < bytesTotal) {
            throw new OutOfSpaceException(
                    "the copy takes " + bytesTotal + " bytes, and the disk of " + made + " has " + usable + " free");
        }
        tell(State.RUNNING, "");
    }

    private void addOther(String name) {
        Path path = directory.resolve(name);
        if (source.exists(path)) {
            waiting.add(new HeldFile(name, Long.MAX_VALUE, null, path, () -> {}));
        }
    }

    private long sizeOf(HeldFile file) throws IOException {
        if (file.bytes() != Long.MAX_VALUE) {
            return file.bytes();
        }
        StorageFile opened = file.opened();
        return opened == null ? source.size(file.path()) : opened.size();
    }

    /** Copies the next piece; returns how many bytes. */
    int step() throws IOException {
        if (current == null) {
            begin(waiting.remove());
        }
        HeldFile file = Check.notNull(current, "it was begun");
        int count = copy.next(Check.notNull(from, "open"), Check.notNull(to, "open"), at, file.bytes());
        at += count;
        bytes += count;
        unsyncedBytes += count;
        if (unsyncedBytes >= UNSYNCED_BYTES_MAX) {
            Check.notNull(to, "open").sync();
            unsyncedBytes = 0;
        }
        if (count == 0 || at == file.bytes()) {
            end(file);
        }
        tell(State.RUNNING, "");
        return count;
    }

    private void begin(HeldFile file) throws IOException {
        StorageFile opened = file.opened();
        from = opened == null ? source.openToRead(file.path()) : opened;
        current = file;
        to = fileSystem.create(directoryOfCopy().resolve(file.name()));
        at = 0;
        copy.begin();
    }

    private void end(HeldFile file) throws IOException {
        if (file.bytes() != Long.MAX_VALUE && at < file.bytes()) {
            throw new IOException(file.path() + " ends at " + at + " and should have " + file.bytes() + " bytes");
        }
        Check.notNull(to, "open").sync();
        unsyncedBytes = 0;
        closeFiles();
        copied.add(new BackupList.Item(file.name(), at, copy.crc()));
        hold.giveBack(file);
        current = null;
    }

    /** Whether every file is copied. */
    boolean isCopied() {
        return current == null && waiting.isEmpty();
    }

    /** Makes a backup of what was copied. */
    void complete() throws IOException {
        hold.release();
        listed = true;
        fileSystem.syncDirectory(directoryOfCopy());
        new BackupList(List.copyOf(copied)).write(fileSystem, directoryOfCopy());
        if (progress.state() != State.RUNNING) {
            throw new IOException("it came too late"); // somebody was told already that there is none
        }
    }

    /** Gives everything back; where it is not a whole copy, deletes what is there of it. */
    void end(State state) {
        hold.release();
        try {
            closeFiles();
        } catch (IOException e) {
            LOG.warn("a file of a backup could not be closed: {}", e.getMessage());
        }
        if (state != State.DONE) {
            discard();
        }
    }

    private void discard() {
        Path made = target;
        if (made == null) {
            return;
        }
        try {
            if (listed && fileSystem.exists(made.resolve(BackupList.NAME))) {
                // First: what follows is no backup from here on.
                fileSystem.delete(made.resolve(BackupList.NAME));
                fileSystem.syncDirectory(made);
            }
            for (BackupList.Item each : copied) {
                fileSystem.delete(made.resolve(each.name()));
            }
            HeldFile file = current;
            if (file != null && fileSystem.exists(made.resolve(file.name()))) {
                fileSystem.delete(made.resolve(file.name()));
            }
            request.target().abandon();
        } catch (IOException e) {
            LOG.warn("what was copied to {} before the backup ended could not be deleted: {}", made, e.getMessage());
        }
    }

    private void closeFiles() throws IOException {
        StorageFile writing = to;
        to = null;
        StorageFile reading = from;
        from = null;
        HeldFile file = current;
        if (reading != null && file != null && file.opened() == null) {
            reading.close();
        }
        if (writing != null) {
            writing.close();
        }
    }

    private Path directoryOfCopy() {
        return Check.notNull(target, "it was opened");
    }

    /** Publishes how it stands, unless it has ended already. */
    synchronized void tell(State state, String error) {
        progressNanos = clock.nanoTime();
        if (progress.state() == State.RUNNING) {
            progress = new Progress(state, copied.size(), filesTotal, bytes, bytesTotal, error);
        }
    }

    /** Ends it for everybody but its own thread, which does not come back. Any thread. */
    synchronized void giveUp(String error) {
        Progress now = progress;
        if (now.state() == State.RUNNING) {
            progress = new Progress(State.FAILED, now.files(), now.filesTotal(), now.bytes(), now.bytesTotal(), error);
        }
    }
}

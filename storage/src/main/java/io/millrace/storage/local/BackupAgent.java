package io.millrace.storage.local;

import io.millrace.base.Agent;
import io.millrace.base.Clock;
import io.millrace.base.file.FileSystem;
import io.millrace.storage.BackupRequest;
import io.millrace.storage.BackupRun;
import io.millrace.storage.BackupRun.State;
import io.millrace.storage.StoreBackups;
import io.millrace.storage.local.BackupHold.HeldFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent that copies the store while it serves, one copy at a time, no faster than was asked for. A copy must not
 * cost what it protects: it ends as soon as there is no space for new messages, and loses its hold when it has made no
 * progress for {@value #STUCK_SECONDS} seconds, as on a target that does not answer.
 */
final class BackupAgent implements Agent, StoreBackups {
    static final int STUCK_SECONDS = 60;

    private static final Logger LOG = LoggerFactory.getLogger(BackupAgent.class);
    private static final int PIECE_BYTES_MAX = 256 << 10;
    private static final int FILE_PIECES = 4;
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(STUCK_SECONDS);
    /** After so many bytes the space that is left is looked at again. */
    private static final long LOOK_BYTES = 16 << 20;

    private final LocalStore store;
    private final FileSystem fileSystem;
    private final Path directory;
    private final SegmentFiles segmentFiles;
    private final Clock clock;
    private final AtomicReference<@Nullable RunningBackup> current = new AtomicReference<>();
    /** The copy that the hold was asked for. */
    private @Nullable RunningBackup asked;

    private long nextNanos;
    private long unlookedBytes;
    private volatile boolean closing;

    BackupAgent(LocalStore store, FileSystem fileSystem, Path directory, SegmentFiles segmentFiles, Clock clock) {
        this.store = store;
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.segmentFiles = segmentFiles;
        this.clock = clock;
    }

    @Override
    public @Nullable BackupRun begin(BackupRequest request) {
        if (current.get() != null) {
            return null; // before any memory is taken for it
        }
        BackupHold hold = new BackupHold(store, fileSystem, directory, segmentFiles);
        FileCopy copy =
                new FileCopy((int) Math.min(PIECE_BYTES_MAX, store.options().fileBytes() / FILE_PIECES));
        RunningBackup run = new RunningBackup(request, hold, fileSystem, directory, copy, clock, store::wakeBackup);
        if (!current.compareAndSet(null, run)) {
            return null;
        }
        store.wakeBackup();
        store.wakeKeeper(); // it watches from now on
        return run;
    }

    @Override
    public boolean work() {
        RunningBackup run = current.get();
        if (run == null) {
            return false;
        }
        try {
            return step(run);
        } catch (IOException | RuntimeException e) {
            end(run, State.FAILED, String.valueOf(e.getMessage()));
            return true;
        }
    }

    private boolean step(RunningBackup run) throws IOException {
        if (run.isCancelled() || run.progress().state() != State.RUNNING) {
            end(run, State.CANCELLED, "");
            return true;
        }
        checkMayGoOn();
        if (asked != run) {
            asked = run;
            nextNanos = clock.nanoTime();
            LOG.info("a backup begins");
            store.hold(run.hold);
            return true;
        }
        if (!run.isOpen()) {
            List<HeldFile> taken = run.hold.taken();
            if (taken == null) {
                return false; // the agents that take it raise the signal
            }
            run.open(taken);
            return true;
        }
        if (clock.nanoTime() - nextNanos < 0) {
            return false;
        }
        if (run.isCopied()) {
            run.complete();
            end(run, State.DONE, "");
        } else {
            int bytes = run.step();
            nextNanos = clock.nanoTime() + run.nanosFor(bytes);
            lookAtSpace(bytes);
        }
        return true;
    }

    private void checkMayGoOn() throws IOException {
        IOException failure = store.failure();
        if (closing) {
            throw new IOException("the broker is shutting down");
        } else if (failure != null) {
            throw new IOException("storage has failed: " + failure.getMessage());
        } else if (!store.hasSpace()) {
            throw new IOException("space is short, and a backup takes more of it; "
                    + store.space().refusal());
        }
    }

    /** The copy may be on the disk of the store, and takes what that would need. */
    private void lookAtSpace(int bytes) {
        unlookedBytes += bytes;
        if (unlookedBytes >= LOOK_BYTES) {
            unlookedBytes = 0;
            store.spaceGuard().lookSoon();
        }
    }

    private void end(RunningBackup run, State state, String error) {
        run.end(state);
        asked = null;
        current.set(null);
        run.tell(state, error);
        BackupRun.Progress progress = run.progress();
        if (progress.state() == State.FAILED) {
            LOG.error("no backup was made: {}", progress.error());
        } else {
            LOG.info(
                    "a backup is {}: {} files, {} bytes",
                    progress.state() == State.DONE ? "done" : "cancelled",
                    progress.files(),
                    progress.bytes());
        }
    }

    @Override
    public long idleNanosMax() {
        RunningBackup run = current.get();
        return run == null || !run.isOpen() ? Long.MAX_VALUE : Math.max(0, nextNanos - clock.nanoTime());
    }

    /** Takes the hold from a copy that is stuck: its own agent may not come back. The file keeper's thread. */
    void watch() {
        RunningBackup run = current.get();
        if (run != null && run.progress().state() == State.RUNNING && nanosLeft(run) <= 0) {
            run.giveUp("it has made no progress for " + STUCK_SECONDS + " seconds; does the target answer?");
            run.hold.release();
            store.wakeBackup();
        }
    }

    /** When {@link #watch} is to be called at the latest, in nanoseconds from now. */
    long nextWatchNanos() {
        RunningBackup run = current.get();
        return run == null || run.progress().state() != State.RUNNING ? Long.MAX_VALUE : Math.max(0, nanosLeft(run));
    }

    private long nanosLeft(RunningBackup run) {
        return STUCK_NANOS - (clock.nanoTime() - run.progressNanos());
    }

    /** Has it end what is under way. Any thread. */
    void beginClose() {
        closing = true;
        store.wakeBackup();
    }
}

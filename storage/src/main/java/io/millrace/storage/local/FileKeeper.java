package io.millrace.storage.local;

import io.millrace.base.Agent;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.OutOfSpaceException;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent that has the next files of the journal ready and takes away those that leave it: adopted ones get their
 * other name, dead ones are renamed for use again while spares are wanted, deleted otherwise. All of that strictly in
 * the order in which they left, each made durable before the next: a start must not find a gap. An adopted file that
 * nobody needs any more makes none, and waits for its readers alone. A full disk is not a failure: the
 * {@link SpaceGuard} knows what follows, and preparing is tried again.
 */
final class FileKeeper implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(FileKeeper.class);

    private final LocalStore store;
    private final SpaceGuard space;
    private final FileSystem fileSystem;
    private final BlankFiles blankFiles;
    private final Path directory;
    private final long fileBytes;
    private final int spareFiles;
    private final Queue<Leaving> left = new ConcurrentLinkedQueue<>();
    /** Numbers of the adopted files that have left the journal and are there still. */
    private final Set<Long> outside = new HashSet<>();

    private final Queue<PreparedFile> prepared = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Leaving> leaving = new ArrayDeque<>();
    private long nextNumber;

    /** A file that has left the journal; {@code stays} because some of it is adopted, else nobody needs it. */
    private record Leaving(JournalFile file, boolean stays) {}

    FileKeeper(
            LocalStore store,
            SpaceGuard space,
            FileSystem fileSystem,
            Path directory,
            long nextNumber,
            List<JournalFile> adopted) {
        adopted.forEach(file -> outside.add(file.number));
        this.store = store;
        this.space = space;
        this.fileSystem = fileSystem;
        this.blankFiles = new BlankFiles(fileSystem, store.options(), store.counters());
        this.directory = directory;
        this.fileBytes = store.options().fileBytes();
        this.spareFiles = store.options().spareFiles();
        this.nextNumber = nextNumber;
    }

    /** A file that nobody needs. The writer's thread; the caller raises the signal. */
    void retire(JournalFile file) {
        left.add(new Leaving(file, false));
    }

    /** A file that leaves the journal and stays because of adopted extents. As {@link #retire}. */
    void setAside(JournalFile file) {
        left.add(new Leaving(file, true));
    }

    /** Whether a prepared file is there for {@link #take}. The writer's thread. */
    boolean hasPrepared() {
        return !prepared.isEmpty();
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
        takeOver();
        for (Leaving each : leaving) {
            if (!each.stays) {
                each.file.retireAndClose();
            }
        }
    }

    @Override
    public boolean work() {
        if (store.failure() != null) {
            return false;
        }
        store.backupAgent().watch();
        takeOver();
        try {
            reviewSpace();
            boolean worked = takeAwayNext() || giveUpPrepared() || prepareNext();
            reviewSpace();
            return worked;
        } catch (IOException e) {
            store.fail(e);
            return false;
        }
    }

    @Override
    public long idleNanosMax() {
        return store.failure() != null
                ? Long.MAX_VALUE
                : Math.min(space.nextReviewNanos(), store.backupAgent().nextWatchNanos());
    }

    private void reviewSpace() {
        if (space.review()) {
            store.trimRequested(); // while space is short, all that can go is to go
            store.postAll();
        }
    }

    private void takeOver() {
        for (Leaving each = left.poll(); each != null; each = left.poll()) {
            leaving.add(each);
        }
    }

    private boolean takeAwayNext() throws IOException {
        Leaving next = nextToTakeAway();
        if (next == null) {
            return false;
        }
        leaving.remove(next);
        if (next.stays) {
            setAsideNow(next.file);
        } else {
            remove(next.file);
        }
        return true;
    }

    /**
     * The first that can go. Only what has left the journal before is passed over while it is read: that makes no gap.
     */
    private @Nullable Leaving nextToTakeAway() {
        for (Leaving each : leaving) {
            if (each.stays || each.file.isFree()) {
                return each;
            }
            if (!outside.contains(each.file.number)) {
                return null;
            }
        }
        return null;
    }

    private void setAsideNow(JournalFile file) throws IOException {
        fileSystem.rename(JournalFile.path(directory, file.number), JournalFile.adoptedPath(directory, file.number));
        fileSystem.syncDirectory(directory);
        outside.add(file.number);
    }

    private void remove(JournalFile oldest) throws IOException {
        boolean adopted = outside.remove(oldest.number);
        Path path = adopted
                ? JournalFile.adoptedPath(directory, oldest.number)
                : JournalFile.path(directory, oldest.number);
        if (oldest.isDamaged()) {
            oldest.file.close();
            Path aside = directory.resolve("quarantine-" + path.getFileName());
            fileSystem.rename(path, aside);
            LOG.warn("kept the damaged journal file as {}", aside);
        } else if (prepared.size() < (space.hasRoom() ? spareFiles + 1 : spareFiles)
                && oldest.capacityBytes == fileBytes) {
            // One more than is asked for: a file is taken before the one that it makes superfluous comes back, and
            // to fill a new one with zeros meanwhile would write everything twice.
            fileSystem.rename(path, JournalFile.path(directory, nextNumber));
            fileSystem.syncDirectory(directory);
            ready(oldest.file);
            return;
        } else {
            oldest.file.close();
            fileSystem.delete(path);
        }
        fileSystem.syncDirectory(directory);
    }

    /** Gives the room of a file that is not used yet to what lets old files go. */
    private boolean giveUpPrepared() throws IOException {
        boolean superfluous = prepared.size() > spareFiles && !space.hasRoom();
        if (!superfluous && !space.movingLacksRoom()) {
            return false;
        }
        PreparedFile newest = null;
        for (PreparedFile each : prepared) {
            newest = each;
        }
        if (newest == null || !prepared.remove(newest)) {
            return false;
        }
        newest.file().close();
        fileSystem.delete(JournalFile.path(directory, newest.number()));
        fileSystem.syncDirectory(directory);
        nextNumber = newest.number();
        return true;
    }

    private boolean prepareNext() throws IOException {
        if (prepared.size() >= spareFiles || !space.mayPrepare()) {
            return false;
        }
        Path path = JournalFile.path(directory, nextNumber);
        StorageFile file;
        try {
            file = blankFiles.make(path);
        } catch (OutOfSpaceException e) {
            if (fileSystem.exists(path)) {
                fileSystem.delete(path);
            }
            space.journalWaits(true);
            return false;
        }
        fileSystem.syncDirectory(directory);
        ready(file);
        return true;
    }

    private void ready(StorageFile file) {
        prepared.add(new PreparedFile(nextNumber, file));
        nextNumber++;
        blankFiles.nextBegins();
        space.journalWaits(false);
        store.wakeWriter();
    }
}

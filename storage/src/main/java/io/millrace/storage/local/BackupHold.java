package io.millrace.storage.local;

import io.millrace.base.Check;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a store as they are at one moment, kept until they are copied. The manifests in force come first, taken
 * by the agent that replaces them, which replaces none until the journal's writer has taken what they need: the files
 * of the journal up to the last group that is synced, and the adopted ones. Together they are what a power cut at that
 * moment could leave, with all that was reported as synced before.
 *
 * <p>Nothing is copied for it: a manifest that is replaced and a segment stay readable as files, a segment's deletion
 * is put off, and a file of the journal is kept from being used again by a reader of it. Each is given back by itself.
 *
 * <p>The two agents take it in their turn, the backup's agent uses it; any thread may release it.
 */
final class BackupHold {
    private static final Logger LOG = LoggerFactory.getLogger(BackupHold.class);

    private final LocalStore store;
    private final FileSystem fileSystem;
    private final Path directory;
    private final SegmentFiles segmentFiles;
    /** Guarded by this. */
    private final List<HeldFile> held = new ArrayList<>();

    private volatile Stage stage = Stage.ASKED;
    private volatile @Nullable IOException failure;

    private enum Stage {
        ASKED,
        MANIFESTS_TAKEN,
        TAKEN,
        RELEASED
    }

    /**
     * A file that is kept.
     *
     * @param name its name in a copy
     * @param bytes how much of it counts, from its begin; all of it where this is {@link Long#MAX_VALUE}
     * @param opened open for as long as it is kept; null where it is to be opened at {@code path}
     * @param path where it is
     * @param givingBack what follows when it is not needed any more
     */
    record HeldFile(String name, long bytes, @Nullable StorageFile opened, Path path, GivingBack givingBack) {}

    /** Ends the hold of a file. */
    interface GivingBack {
        void run() throws IOException;
    }

    BackupHold(LocalStore store, FileSystem fileSystem, Path directory, SegmentFiles segmentFiles) {
        this.store = store;
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.segmentFiles = segmentFiles;
    }

    /**
     * Takes the manifests and the segments, unless it was done; returns whether the journal is to be taken now. The
     * segments' agent, when no manifest is half in force.
     */
    synchronized boolean takeManifests() {
        if (stage != Stage.ASKED) {
            return false;
        }
        try {
            for (int shard = 0; shard < store.options().shards(); shard++) {
                Path path = ManifestFile.path(directory, shard);
                if (fileSystem.exists(path)) {
                    StorageFile opened = fileSystem.openToRead(path);
                    held.add(new HeldFile(nameOf(path), Long.MAX_VALUE, opened, path, opened::close));
                }
            }
            for (Path each : segmentFiles.hold()) {
                held.add(new HeldFile(nameOf(each), Long.MAX_VALUE, null, each, () -> segmentFiles.letGo(each)));
            }
            stage = Stage.MANIFESTS_TAKEN;
            return true;
        } catch (IOException e) {
            failure = e;
            release();
            store.wakeBackup();
            return false;
        }
    }

    /** Takes the journal as far as it is synced. The writer. */
    synchronized void takeJournal(LiveFiles files, AdoptedFiles adopted) {
        if (stage != Stage.MANIFESTS_TAKEN) {
            return;
        }
        List<HeldFile> journal = new ArrayList<>();
        List<JournalFile> live = files.list();
        boolean synced = false;
        // From the newest on: where one has something that is synced, those before it are synced to their ends.
        for (int i = live.size() - 1; i >= 0; i--) {
            JournalFile each = live.get(i);
            long bytes = each.syncedBytes();
            synced |= bytes > 0;
            if (synced) {
                journal.add(0, hold(each, each.name(), bytes));
            }
        }
        for (JournalFile each : adopted.files()) {
            String name = JournalFile.adoptedPath(Path.of(""), each.number).toString();
            journal.add(hold(each, name, each.syncedBytes()));
        }
        // First what delays the journal's old files, then what only takes space.
        held.addAll(0, journal);
        stage = Stage.TAKEN;
    }

    private HeldFile hold(JournalFile file, String name, long bytes) {
        Check.that(file.acquire(), "what the writer knows is not retired");
        return new HeldFile(name, bytes, file.file, file.file.path(), () -> {
            if (file.release()) {
                store.wakeKeeper();
            }
        });
    }

    /** Whether manifests may be replaced. */
    boolean isMomentOver() {
        return stage == Stage.TAKEN || stage == Stage.RELEASED;
    }

    /**
     * The files in the order in which they are to be copied; null until all are taken. Throws where one could not be.
     */
    @Nullable
    synchronized List<HeldFile> taken() throws IOException {
        IOException failed = failure;
        if (failed != null) {
            throw failed;
        }
        return stage == Stage.TAKEN ? List.copyOf(held) : null;
    }

    /** Gives one file back: it is copied. */
    synchronized void giveBack(HeldFile file) {
        if (held.remove(file)) {
            run(file.givingBack);
        }
    }

    /** Gives back what is held, and takes nothing any more. What was put off happens now. */
    synchronized void release() {
        stage = Stage.RELEASED;
        held.forEach(each -> run(each.givingBack));
        held.clear();
    }

    boolean isReleased() {
        return stage == Stage.RELEASED;
    }

    private static String nameOf(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static void run(GivingBack givingBack) {
        try {
            givingBack.run();
        } catch (IOException e) {
            // What should have been deleted is deleted by the next start.
            LOG.warn("a file that a backup has kept could not be given back: {}", e.getMessage());
        }
    }
}

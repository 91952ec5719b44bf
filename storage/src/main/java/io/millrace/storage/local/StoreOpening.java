package io.millrace.storage.local;

import io.millrace.base.Clock;
import io.millrace.base.file.FileSystem;
import io.millrace.storage.Replay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/**
 * The way from a directory to the files of a running journal: what is there is opened and replayed, its end written
 * anew where it may not be on disk, the rest removed. On the thread that opens the store.
 */
final class StoreOpening {
    final Path directory;
    final FileSystem fileSystem;
    final Clock clock;
    final LocalStoreOptions options;
    final StoreIdentity identity;
    final RecoveredTail tail;
    private final Candidates candidates;
    private List<JournalFile> live = List.of();

    private StoreOpening(
            Path directory, FileSystem fileSystem, Clock clock, LocalStoreOptions options, StoreIdentity identity) {
        this.directory = directory;
        this.fileSystem = fileSystem;
        this.clock = clock;
        this.options = options;
        this.identity = identity;
        this.candidates = new Candidates(fileSystem, directory, identity);
        this.tail = new RecoveredTail(fileSystem, directory, options);
    }

    /** Begins: makes the directory and its identity where they are not there. */
    static StoreOpening of(
            Path directory, FileSystem fileSystem, Clock clock, LocalStoreOptions options, RandomGenerator random)
            throws IOException {
        fileSystem.createDirectories(directory);
        return new StoreOpening(
                directory, fileSystem, clock, options, StoreIdentity.open(fileSystem, directory, random));
    }

    /** Replays; returns when everything replayed is on stable storage. After a failure no file is left open. */
    JournalRecovery run(IntFunction<Replay> replays) throws IOException {
        try {
            return recover(replays);
        } catch (Throwable e) {
            close(e);
            throw e;
        }
    }

    /** The files of the journal, oldest first; the last is to be written on. */
    List<JournalFile> live() {
        return live;
    }

    private JournalRecovery recover(IntFunction<Replay> replays) throws IOException {
        candidates.open();
        long number = candidates.nextNumber();
        candidates.deleteUnused();
        JournalRecovery recovery = new JournalRecovery(candidates, options, replays);
        recovery.run();
        List<JournalFile> files = new ArrayList<>(recovery.provenFiles());
        JournalFileHeader header = identity.header(
                number, recovery.firstUnproven(), files.isEmpty() ? number : files.get(0).number, clock.epochMillis());
        long[] start = files.isEmpty()
                ? new long[options.shards()]
                : files.get(files.size() - 1).endPositions();
        JournalFile newest = tail.write(header, start, recovery);
        candidates.deleteExcept(files);
        files.add(newest);
        live = List.copyOf(files);
        return recovery;
    }

    private void close(Throwable cause) {
        try {
            candidates.close();
            tail.abandon();
        } catch (Throwable e) {
            cause.addSuppressed(e);
        }
    }
}

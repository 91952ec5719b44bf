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
import java.util.stream.IntStream;

/**
 * The way from a directory to the files of a running journal: what is there is opened and replayed, its end written
 * anew where it may not be on disk, the rest removed. On the thread that opens the store.
 */
final class StoreOpening {
    final Path directory;
    final CountedFileSystem fileSystem;
    final Clock clock;
    final LocalStoreOptions options;
    final StoreIdentity identity;
    final RecoveredTail tail;
    final SegmentFiles segmentFiles;
    private final Candidates candidates;
    private final CheckpointRecovery checkpoints;
    private List<JournalFile> live = List.of();
    /** A number that no file of the journal has had. */
    private long nextNumber;

    private StoreOpening(
            Path directory,
            CountedFileSystem fileSystem,
            Clock clock,
            LocalStoreOptions options,
            StoreIdentity identity) {
        this.directory = directory;
        this.fileSystem = fileSystem;
        this.clock = clock;
        this.options = options;
        this.identity = identity;
        this.candidates = new Candidates(fileSystem, directory, identity);
        this.segmentFiles = new SegmentFiles(fileSystem, directory);
        this.checkpoints = new CheckpointRecovery(fileSystem, directory, identity, options.shards());
        this.tail = new RecoveredTail(fileSystem, directory, options);
    }

    /** Begins: makes the directory and its identity where they are not there. */
    static StoreOpening of(
            Path directory, FileSystem fileSystem, Clock clock, LocalStoreOptions options, RandomGenerator random)
            throws IOException {
        fileSystem.createDirectories(directory);
        CountedFileSystem counted = new CountedFileSystem(fileSystem);
        counted.recount(directory);
        return new StoreOpening(directory, counted, clock, options, StoreIdentity.open(counted, directory, random));
    }

    /** Begins to look at what is there; {@code fileSystem} lets nothing be changed. */
    static StoreOpening lookAt(
            Path directory, FileSystem fileSystem, Clock clock, LocalStoreOptions options, StoreIdentity identity)
            throws IOException {
        CountedFileSystem counted = new CountedFileSystem(fileSystem);
        counted.recount(directory);
        return new StoreOpening(directory, counted, clock, options, identity);
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

    /** The extents that the shards have adopted. */
    AdoptedFiles adopted() {
        return checkpoints.adopted();
    }

    /** The newest checkpoint of each shard. */
    List<ManifestFile> manifests() {
        return checkpoints.manifests();
    }

    /** Gives the shards what is there, and makes nothing new. */
    JournalRecovery replay(IntFunction<Replay> replays) throws IOException {
        return replay(replays, false);
    }

    private JournalRecovery replay(IntFunction<Replay> replays, boolean isStart) throws IOException {
        checkpoints.read();
        candidates.open();
        long candidate = candidates.nextNumber();
        candidates.deleteUnused();
        if (isStart) {
            checkpoints.renew();
        }
        checkpoints.openFiles(candidates);
        nextNumber = Math.max(candidate, checkpoints.nextNumber());
        List<Replay> receivers =
                IntStream.range(0, options.shards()).mapToObj(replays).toList();
        checkpoints.give(receivers, segmentFiles);
        JournalRecovery recovery = new JournalRecovery(candidates, options, receivers, checkpoints.manifests());
        recovery.run();
        return recovery;
    }

    private JournalRecovery recover(IntFunction<Replay> replays) throws IOException {
        JournalRecovery recovery = replay(replays, true);
        long number = nextNumber;
        List<JournalFile> files = new ArrayList<>(recovery.provenFiles());
        JournalFileHeader header = identity.header(
                number, recovery.firstUnproven(), files.isEmpty() ? number : files.get(0).number, clock.epochMillis());
        long[] start = files.isEmpty()
                ? new long[options.shards()]
                : files.get(files.size() - 1).endPositions();
        JournalFile newest = tail.write(header, start, recovery);
        checkpoints.keepNamed(candidates, files);
        candidates.deleteExcept(files);
        files.add(newest);
        live = List.copyOf(files);
        checkpoints.finish(live);
        return recovery;
    }

    private void close(Throwable cause) {
        try {
            close();
        } catch (Throwable e) {
            cause.addSuppressed(e);
        }
    }

    /** Closes what is open, where nothing comes of it. */
    void close() throws IOException {
        candidates.close();
        checkpoints.close();
        segmentFiles.close();
        tail.abandon();
    }

    /** The segments of {@code shard} and the records in adopted extents. After {@link #replay}. */
    LocalSegmentStore segments(int shard) {
        return new LocalSegmentStore(shard, segmentFiles, checkpoints.records());
    }

    /** The files with adopted extents that are not part of the journal any more. After {@link #replay}. */
    List<JournalFile> adoptedOutside() {
        return checkpoints.opened().stream()
                .filter(file -> candidates.used().stream().noneMatch(each -> each.number() == file.number))
                .toList();
    }
}

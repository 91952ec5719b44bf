package io.millrace.storage.local;

import io.millrace.base.Check;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import io.millrace.storage.Replay;
import io.millrace.storage.local.ManifestFile.AdoptedExtent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the newest checkpoint of each shard at start-up, and the files in which adopted extents lie. For the thread
 * that opens the store. See docs/internals/recovery.md.
 */
final class CheckpointRecovery {
    private static final Pattern ADOPTED = Pattern.compile("adopted-(\\d{12,18})\\.log");
    private static final Pattern MANIFEST = Pattern.compile("manifest-(\\d{4})");
    private static final Pattern TEMPORARY = Pattern.compile("manifest-\\d{4}\\.tmp");

    private final FileSystem fileSystem;
    private final Path directory;
    private final StoreIdentity identity;
    private final int shards;
    private final List<ManifestFile> manifests = new ArrayList<>();
    /** The shards that a manifest was found of. */
    private final Set<Integer> stated = new HashSet<>();
    /** The numbers of the files with adopted extents, by the manifests. */
    private final Set<Long> named = new HashSet<>();

    private final Map<Long, JournalFile> opened = new HashMap<>();
    private final AdoptedFiles adopted;
    private long highestNumber;

    CheckpointRecovery(FileSystem fileSystem, Path directory, StoreIdentity identity, int shards) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.identity = identity;
        this.shards = shards;
        this.adopted = new AdoptedFiles(shards);
    }

    /** The newest checkpoint of each shard. */
    List<ManifestFile> manifests() {
        return List.copyOf(manifests);
    }

    /** The extents that the shards have adopted; whole after {@link #finish}. */
    AdoptedFiles adopted() {
        return adopted;
    }

    /** A number that no adopted file has had. */
    long nextNumber() {
        return highestNumber + 1;
    }

    /** Reads the manifests. */
    void read() throws IOException {
        refuseOtherShards();
        for (int shard = 0; shard < shards; shard++) {
            ManifestFile found = ManifestFile.read(fileSystem, directory, identity.id(), shard);
            if (found != null) {
                stated.add(shard);
                found.adopted().forEach(each -> named.add(each.fileNumber()));
            }
            manifests.add(found == null ? ManifestFile.NONE : found);
        }
    }

    /**
     * Writes the manifests anew. One whose name a failed sync of the directory may have lost would be gone after the
     * next power cut, whatever a later sync says: an older one would be in force again, and what that names is about
     * to be deleted.
     */
    void renew() throws IOException {
        for (int shard : stated) {
            manifests.get(shard).prepare(fileSystem, directory, identity.id(), shard);
            ManifestFile.publish(fileSystem, directory, shard);
        }
        fileSystem.syncDirectory(directory);
    }

    private void refuseOtherShards() throws IOException {
        for (Path path : fileSystem.list(directory)) {
            Matcher matcher = MANIFEST.matcher(path.getFileName().toString());
            if (matcher.matches() && Integer.parseInt(matcher.group(1)) >= shards) {
                throw new IOException(path + " belongs to a shard, but only " + shards
                        + " shards are configured; set storage.shards to at least "
                        + (Integer.parseInt(matcher.group(1)) + 1));
            }
        }
    }

    /** Opens the files that are named and removes the others; one that had left the journal gets its new name now. */
    void openFiles(Candidates candidates) throws IOException {
        Set<Long> there = new HashSet<>();
        for (Path path : fileSystem.list(directory)) {
            String name = path.getFileName().toString();
            Matcher matcher = ADOPTED.matcher(name);
            boolean superfluous = TEMPORARY.matcher(name).matches();
            if (matcher.matches()) {
                long number = Long.parseLong(matcher.group(1));
                highestNumber = Math.max(highestNumber, number);
                there.add(number);
                superfluous = !named.contains(number);
            }
            if (superfluous) {
                fileSystem.delete(path);
            }
        }
        for (long number : named) {
            if (!there.contains(number) && candidates.takeDead(number)) {
                setAside(number);
            }
            opened.put(number, open(number));
        }
        fileSystem.syncDirectory(directory);
    }

    private void setAside(long number) throws IOException {
        fileSystem.rename(JournalFile.path(directory, number), JournalFile.adoptedPath(directory, number));
    }

    /**
     * The journal is recovered, its files are {@code live}: those of the others that are named are kept from being
     * deleted with the rest.
     */
    void keepNamed(Candidates candidates, List<JournalFile> live) throws IOException {
        boolean any = false;
        for (long number : opened.keySet()) {
            if (live.stream().noneMatch(file -> file.number == number) && candidates.take(number)) {
                setAside(number);
                any = true;
            }
        }
        if (any) {
            fileSystem.syncDirectory(directory);
        }
    }

    private JournalFile open(long number) throws IOException {
        Path path = JournalFile.adoptedPath(directory, number);
        if (!fileSystem.exists(path)) {
            path = JournalFile.path(directory, number);
        }
        if (!fileSystem.exists(path)) {
            throw new IOException(JournalFile.adoptedPath(directory, number)
                    + " is missing, and messages are in it; put it back, or restore the directory from a backup");
        }
        long[] starts = new long[shards];
        long[] ends = new long[shards];
        for (int shard = 0; shard < shards; shard++) {
            for (AdoptedExtent each : manifests.get(shard).adopted()) {
                if (each.fileNumber() == number) {
                    starts[shard] = ends[shard] == 0 ? each.extent().from() : starts[shard];
                    ends[shard] = each.extent().to();
                }
            }
        }
        StorageFile file = fileSystem.open(path);
        try {
            return JournalFile.adopted(number, identity.seal(number), file, starts, ends);
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    /** The files with adopted extents that are not known to be files of the journal, by their numbers. */
    List<JournalFile> opened() {
        return opened.values().stream()
                .sorted(Comparator.comparingLong(file -> file.number))
                .toList();
    }

    /** Reads records that lie in adopted extents, before {@link #finish}. */
    LogRecords records() {
        AdoptedFiles readable = new AdoptedFiles(shards);
        note(readable, opened);
        return new LogRecords(new LiveFiles(List.of()), readable, file -> {});
    }

    /** Gives the shards their manifests. */
    void give(List<Replay> replays, SegmentFiles segments) throws IOException {
        LogRecords records = records();
        for (int shard : stated) {
            replays.get(shard)
                    .onManifest(manifests.get(shard).manifest(), new LocalSegmentStore(shard, segments, records));
            // The shard has deleted what its manifest does not name.
            for (long segment : segments.list(shard)) {
                segments.noteSealed(segments.path(shard, segment));
            }
        }
    }

    /** The journal is recovered: its files are {@code live}; the others stay open outside of it. */
    void finish(List<JournalFile> live) throws IOException {
        Map<Long, JournalFile> files = new HashMap<>(opened);
        for (JournalFile each : live) {
            JournalFile view = opened.remove(each.number);
            if (view != null) {
                view.file.close();
                files.put(each.number, each);
            }
        }
        note(adopted, files);
        opened.values().forEach(adopted::leftJournal);
    }

    private void note(AdoptedFiles target, Map<Long, JournalFile> files) {
        // Whoever only looks at segments has not read the manifests.
        for (int shard = 0; shard < manifests.size(); shard++) {
            for (AdoptedExtent each : manifests.get(shard).adopted()) {
                JournalFile file = Check.notNull(files.get(each.fileNumber()), "every file that is named was opened");
                target.add(shard, each.extent(), file);
            }
        }
    }

    /** Closes what is open, after a failure. */
    void close() throws IOException {
        for (JournalFile each : opened.values()) {
            each.file.close();
        }
    }
}

package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_HEADER_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_LENGTH_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_SHARD_AT;
import static io.millrace.storage.local.JournalFormat.GROUP_HEADER_BYTES;

import io.millrace.base.Clock;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.FrozenFileSystem;
import io.millrace.base.file.StorageFile;
import io.millrace.storage.Damage;
import io.millrace.storage.Extent;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.local.ManifestFile.AdoptedExtent;
import io.millrace.storage.local.StoredFile.Kind;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * A data directory that no store uses, for tools that look at it: the same steps as those of a start, by the same code,
 * on a view of the directory in which only the view changes. Nothing is written, renamed or removed.
 *
 * <p>For one thread. The caller holds the lock of the directory.
 */
public final class StoreInspection implements AutoCloseable {
    private final Path directory;
    private final FrozenFileSystem view;
    private final StoreIdentity identity;
    private final List<StoredFile> files = new ArrayList<>();
    private final GroupScanner scanner = new GroupScanner();
    private final int shards;
    /** The shards whose manifest is damaged. */
    private final List<Integer> unstated = new ArrayList<>();

    private final StoreOpening opening;

    /**
     * Looks at {@code directory}. Fails where it is no data directory, where its version is not known, and where the
     * file that says so is damaged: without the id in it no other file can be told from one of another directory.
     * {@code onRead} hears of the bytes that each read has brought.
     */
    public StoreInspection(Path directory, FileSystem fileSystem, IntConsumer onRead) throws IOException {
        this.directory = directory;
        this.view = new FrozenFileSystem(fileSystem, onRead);
        if (!view.exists(directory.resolve(StoreIdentity.NAME))) {
            throw new IOException(directory + " has no file " + StoreIdentity.NAME + ": it is no data directory");
        }
        this.identity = StoreIdentity.read(view, directory.resolve(StoreIdentity.NAME));
        for (Path path : view.list(directory)) {
            files.add(StoredFile.of(path, size(path)));
        }
        this.shards = countShards();
        LocalStoreOptions options = LocalStoreOptions.DEFAULT.withShards(shards);
        this.opening = StoreOpening.lookAt(directory, view, Clock.SYSTEM, options, identity);
    }

    /** The files of the directory, by name. */
    public List<StoredFile> files() {
        return List.copyOf(files);
    }

    /** The number of shards that have left something in the directory, at least 1. */
    public int shards() {
        return shards;
    }

    /** The length of all files. */
    public long bytes() {
        return files.stream().mapToLong(StoredFile::bytes).sum();
    }

    /** The name of the file of segment {@code segment} of {@code shard}. */
    public String segmentName(int shard, long segment) {
        return String.valueOf(opening.segmentFiles.path(shard, segment).getFileName());
    }

    /**
     * Gives each shard what is there, as a start would. Where a manifest is damaged, or a file that it names is
     * missing, {@code damaged} is told and the shard is given what the journal has.
     */
    public RecoveryReport replay(IntFunction<Replay> replays, Consumer<Damage> damaged) throws IOException {
        for (StoredFile each : files) {
            if (each.kind() == Kind.MANIFEST) {
                checkManifest(each, damaged);
            }
        }
        JournalRecovery recovery = opening.replay(replays);
        recovery.report().damages().forEach(damaged);
        checkAllStated(recovery.provenFiles(), damaged);
        return recovery.report();
    }

    /**
     * A file leaves the journal when every shard has a manifest: where one shard has and another has not, the journal
     * has the log of that one from its first position on, or its manifest was lost.
     */
    private void checkAllStated(List<JournalFile> journal, Consumer<Damage> damaged) {
        Set<Integer> stated = new HashSet<>();
        files.stream().filter(each -> each.kind() == Kind.MANIFEST).forEach(each -> stated.add(each.shard()));
        for (int shard = 0; shard < shards && !stated.isEmpty() && !journal.isEmpty(); shard++) {
            long position = journal.get(0).startPosition(shard);
            if (!stated.contains(shard) && position > 0) {
                damaged.accept(new Damage(
                        String.valueOf(ManifestFile.path(directory, shard).getFileName()),
                        0,
                        0,
                        "it is missing, and the journal has the log of shard " + shard + " from position " + position
                                + " on only"));
            }
        }
    }

    /** Checks what the adopted files hold of the extents that manifests name. After {@link #replay}. */
    public void verifyAdopted(Consumer<Damage> damaged) throws IOException {
        for (JournalFile each : opening.adoptedOutside()) {
            String name = String.valueOf(each.file.path().getFileName());
            AdoptedScan scan = new AdoptedScan(each, name, shards, damaged);
            boolean last = false;
            while (!last) {
                last = scan.step();
            }
        }
    }

    /**
     * Checks the segments of the shards whose manifest is damaged, each by itself: which of them count, and whether
     * there should be more, is not known. After {@link #replay}.
     */
    public void verifyUnnamed(Consumer<Damage> damaged) throws IOException {
        for (int shard : unstated) {
            LocalSegmentStore store = opening.segments(shard);
            for (long segment : store.list()) {
                SegmentCheck check = new SegmentCheck(
                        store,
                        segment,
                        each -> damaged.accept(new Damage(
                                each.file(),
                                each.offset(),
                                each.bytes(),
                                each.reason() + "; whether the segment counts is not known")));
                boolean last = false;
                while (!last) {
                    last = check.step();
                }
            }
        }
    }

    /** Hears of what lies in a file of the journal, in order. */
    public interface JournalVisitor {
        /** A group, its offset in the file, and up to which group all was synced when it was written. */
        void onGroup(long offset, long sequence, long syncedThrough, int bytes, int frames);

        /** A frame of the group, and what of the stream of its shard it holds. */
        void onFrame(long offset, int shard, long position, int length, boolean continues, boolean damaged);

        /** A record that ends in the frame; valid during the call. */
        void onRecord(int shard, long position, ByteBuf record);
    }

    /** Visits a file of the journal or an adopted one, whether it is in use or not. */
    public void visit(StoredFile file, JournalVisitor visitor) throws IOException {
        try (StorageFile opened = view.open(directory.resolve(file.name()))) {
            long seal = identity.seal(file.number());
            new JournalListing(new JournalFile(file.number(), seal, opened, opened.size(), new long[0]), visitor).run();
        }
    }

    /**
     * The newest checkpoint of a shard.
     *
     * @param replayFrom from where the log is replayed
     * @param adopted the extents before that which stay, with the names of their files
     * @param content what the shard says of itself
     */
    public record ShardCheckpoint(long replayFrom, List<AdoptedPart> adopted, byte[] content) {}

    /** An adopted extent and the number of the file that it lies in. */
    public record AdoptedPart(long fileNumber, Extent extent) {}

    /** What the manifest {@code file} says. */
    public ShardCheckpoint checkpoint(StoredFile file) throws IOException {
        ManifestFile manifest = ManifestFile.read(view, directory, identity.id(), file.shard());
        if (manifest == null) {
            throw new IOException(file.name() + " is not there");
        }
        return new ShardCheckpoint(
                manifest.replayFrom(),
                manifest.adopted().stream()
                        .map(each -> new AdoptedPart(each.fileNumber(), each.extent()))
                        .toList(),
                manifest.manifest());
    }

    /** The segments of {@code shard}, and after {@link #replay} the records in adopted extents. */
    public SegmentStore segments(int shard) {
        return opening.segments(shard);
    }

    private void checkManifest(StoredFile file, Consumer<Damage> damaged) throws IOException {
        Path path = directory.resolve(file.name());
        String fault = "";
        try {
            ManifestFile manifest = ManifestFile.read(view, directory, identity.id(), file.shard());
            for (AdoptedExtent each : manifest == null ? List.<AdoptedExtent>of() : manifest.adopted()) {
                if (!view.exists(JournalFile.adoptedPath(directory, each.fileNumber()))
                        && !view.exists(JournalFile.path(directory, each.fileNumber()))) {
                    fault = "it names the adopted file " + JournalFile.adoptedPath(Path.of(""), each.fileNumber())
                            + ", which is missing";
                }
            }
        } catch (IOException e) {
            fault = String.valueOf(e.getMessage());
        }
        if (!fault.isEmpty()) {
            damaged.accept(new Damage(
                    file.name(), 0, file.bytes(), fault + "; what it names in adopted files was not looked at"));
            unstated.add(file.shard());
            view.delete(path);
        }
    }

    private int countShards() throws IOException {
        int highest = 0;
        for (StoredFile each : files) {
            if (each.kind() == Kind.MANIFEST || each.kind() == Kind.SEGMENT) {
                highest = Math.max(highest, each.shard());
            } else if (each.kind() == Kind.JOURNAL) {
                highest = Math.max(highest, highestShard(each));
            }
        }
        return Math.min(highest + 1, LocalStoreOptions.SHARDS_MAX);
    }

    /** The highest shard that a journal file speaks of; all of it is looked at, for any group may be the only one. */
    private int highestShard(StoredFile stored) throws IOException {
        try (StorageFile file = view.open(directory.resolve(stored.name()))) {
            long seal = identity.seal(stored.number());
            JournalFile journal = new JournalFile(stored.number(), seal, file, file.size(), new long[0]);
            int highest = 0;
            ScannedGroup group = scanner.findGroup(journal, BLOCK_BYTES, 0);
            while (group != null) {
                highest = Math.max(highest, highestShard(group));
                if (namesAllShards(group)) {
                    break;
                }
                group = scanner.findGroup(journal, group.end(), group.sequence() + 1);
            }
            return highest;
        }
    }

    /** A group that begins with an empty frame has one for every shard. What recovery has copied does not. */
    private boolean namesAllShards(ScannedGroup group) throws IOException {
        int groupAt = scanner.load(group);
        return group.frames() > 0
                && scanner.damagedFrames(group, groupAt).isEmpty()
                && scanner.buffer().getInt(groupAt + GROUP_HEADER_BYTES + FRAME_LENGTH_AT) == 0;
    }

    private int highestShard(ScannedGroup group) throws IOException {
        int groupAt = scanner.load(group);
        BitSet damaged = scanner.damagedFrames(group, groupAt);
        ByteBuffer buffer = scanner.buffer();
        int highest = 0;
        int at = groupAt + GROUP_HEADER_BYTES;
        // From the first frame whose length makes no sense all count as damaged.
        for (int frame = 0; damaged.nextClearBit(frame) < group.frames(); frame++) {
            if (!damaged.get(frame)) {
                highest = Math.max(highest, buffer.getInt(at + FRAME_SHARD_AT));
            }
            at += FRAME_HEADER_BYTES + buffer.getInt(at + FRAME_LENGTH_AT);
        }
        return highest;
    }

    private long size(Path path) throws IOException {
        try (StorageFile file = view.open(path)) {
            return file.size();
        }
    }

    @Override
    public void close() throws IOException {
        opening.close();
    }
}

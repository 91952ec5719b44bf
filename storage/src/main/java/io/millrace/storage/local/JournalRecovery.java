package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_CONTINUES;
import static io.millrace.storage.local.JournalFormat.FRAME_FLAGS_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_HEADER_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_LENGTH_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_POSITION_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_SHARD_AT;
import static io.millrace.storage.local.JournalFormat.GROUP_HEADER_BYTES;

import io.millrace.storage.Damage;
import io.millrace.storage.Replay;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Replays the journal files in order, finds where the journal ends, and tells a torn tail from damage: a bad group is
 * damage if a later group vouches that it was synced, else the journal ends before it.
 *
 * <p>Runs once, on the thread that opens the store, before anything else does. See docs/internals/recovery.md.
 */
final class JournalRecovery {
    private static final long UNKNOWN = -1;

    private final List<CandidateFile> candidates;
    private final LocalStoreOptions options;
    private final GroupScanner scanner;
    private final List<StreamAssembler> streams = new ArrayList<>();
    private final List<JournalFile> files = new ArrayList<>();
    private final ArrayDeque<ReplayedGroup> unproven = new ArrayDeque<>();
    private final List<Damage> damages = new ArrayList<>();
    private long expected = UNKNOWN;
    private long syncedThrough;
    private long lastProvenFile = UNKNOWN;
    private long groups;
    private boolean ended;
    private String cut = "";

    /** {@code replays} and {@code manifests} have one each for every shard. */
    JournalRecovery(
            Candidates candidates, LocalStoreOptions options, List<Replay> replays, List<ManifestFile> manifests) {
        this.candidates = candidates.used();
        this.scanner = candidates.scanner();
        this.options = options;
        for (int shard = 0; shard < options.shards(); shard++) {
            streams.add(
                    new StreamAssembler(replays.get(shard), manifests.get(shard).replayFrom()));
        }
    }

    /** Replays everything that is there. */
    void run() throws IOException {
        try {
            replayFiles();
            streams.forEach(StreamAssembler::finish);
        } finally {
            streams.forEach(StreamAssembler::close);
        }
    }

    private void replayFiles() throws IOException {
        for (int i = 0; i < candidates.size() && !ended; i++) {
            CandidateFile candidate = candidates.get(i);
            long end = voidFrom(i);
            if (candidate.firstSequence() < end) {
                JournalFile file = candidate.journalFile(positions());
                files.add(file);
                replayFile(i, file, candidate, end);
            }
        }
    }

    /** The files with groups that are known to be synced, oldest first. */
    List<JournalFile> provenFiles() {
        return files.stream().filter(file -> file.number <= lastProvenFile).toList();
    }

    /** The groups at the end that may not be synced, in order. */
    List<ReplayedGroup> unprovenGroups() {
        return List.copyOf(unproven);
    }

    /** The sequence of the first group that is not known to be synced, where recovery's own file begins. */
    long firstUnproven() {
        ReplayedGroup first = unproven.peek();
        return first != null ? first.group().sequence() : expected == UNKNOWN ? 1 : expected;
    }

    /** Where the streams of the shards go on. */
    long[] positions() {
        return streams.stream().mapToLong(StreamAssembler::end).toArray();
    }

    GroupScanner scanner() {
        return scanner;
    }

    RecoveryReport report() {
        return new RecoveryReport(files.size(), groups, unproven.size(), cut, List.copyOf(damages));
    }

    /** Groups of file {@code index} from this sequence on are void: a later recovery began its own file there. */
    private long voidFrom(int index) {
        return candidates.subList(index + 1, candidates.size()).stream()
                .mapToLong(CandidateFile::firstSequence)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private void replayFile(int index, JournalFile file, CandidateFile candidate, long end) throws IOException {
        boolean hasHeader = candidate.header() != null;
        long first = candidate.firstSequence();
        if (expected == UNKNOWN) {
            expected = first;
        }
        if (!hasHeader || first > expected) {
            if (!isProven(index, file, BLOCK_BYTES, expected)) {
                end("groups from " + expected + " on are missing before " + file);
                return;
            }
            damaged(file, 0, BLOCK_BYTES, hasHeader ? "groups before it are missing" : "its header is damaged");
            expected = hasHeader ? first : expected;
        }
        long offset = BLOCK_BYTES;
        while (expected < end && offset >= 0) {
            offset = replayGroup(index, file, offset, end);
        }
    }

    /** Replays the group at {@code offset}; returns where the next one is, or -1 where the file has no more. */
    private long replayGroup(int index, JournalFile file, long offset, long end) throws IOException {
        ScannedGroup group = scanner.groupAt(file, offset);
        if (group != null && group.sequence() == expected) {
            int at = scanner.load(group);
            BitSet damaged = scanner.damagedFrames(group, at);
            if (!damaged.isEmpty() && !isProven(index, file, offset, expected)) {
                end("the last write, at offset " + offset + " of " + file + ", is torn");
                return -1;
            }
            replay(group, scanner.load(group), damaged);
            expected++;
            return group.end();
        }
        if (!isProven(index, file, offset, expected)) {
            end("");
            return -1;
        }
        ScannedGroup next = scanner.findGroup(file, offset, expected);
        if (next == null || next.sequence() >= end) {
            damaged(file, offset, file.capacityBytes - offset, "group " + expected + " is damaged or missing");
            expected = end;
            return -1;
        }
        damaged(file, offset, next.offset() - offset, "group " + expected + " is damaged");
        expected = next.sequence();
        return next.offset();
    }

    private void replay(ScannedGroup group, int groupAt, BitSet damaged) throws IOException {
        ByteBuffer buffer = scanner.buffer();
        ReplayedGroup replayed = new ReplayedGroup(group);
        int at = groupAt + GROUP_HEADER_BYTES;
        for (int frame = 0; frame < group.frames(); frame++) {
            long offset = group.offset() + (at - groupAt);
            if (damaged.get(frame)) {
                damaged(group.file(), offset, group.end() - offset, "frame " + frame + " fails its checksum");
                if (damaged.nextClearBit(frame) >= group.frames()) {
                    break;
                }
            }
            int length = buffer.getInt(at + FRAME_LENGTH_AT);
            if (!damaged.get(frame)) {
                int shard = checkedShard(buffer.getInt(at + FRAME_SHARD_AT), group);
                long position = buffer.getLong(at + FRAME_POSITION_AT);
                boolean continues = (buffer.getInt(at + FRAME_FLAGS_AT) & FRAME_CONTINUES) != 0;
                int bodyAt = at + FRAME_HEADER_BYTES;
                String place = "offset " + offset + " of " + group.file();
                if (length > 0 && streams.get(shard).isBeforeStart(position)) {
                    // Its shard has stated, on the ground of synced records, not to replay it.
                    syncedThrough = Math.max(syncedThrough, group.sequence());
                }
                streams.get(shard).add(position, continues, buffer, bodyAt, length, place);
                replayed.add(shard, position, continues, (int) offset + FRAME_HEADER_BYTES, length);
            }
            at += FRAME_HEADER_BYTES + length;
        }
        groups++;
        unproven.add(replayed);
        syncedThrough = Math.max(syncedThrough, group.syncedThrough());
        settleProven();
    }

    private void settleProven() {
        ReplayedGroup first = unproven.peek();
        while (first != null && first.group().sequence() <= syncedThrough) {
            first.noteFrames();
            lastProvenFile = first.group().file().number;
            unproven.remove();
            first = unproven.peek();
        }
    }

    private int checkedShard(int shard, ScannedGroup group) throws IOException {
        if (shard < 0 || shard >= options.shards()) {
            throw new IOException(group.file() + " holds records of shard " + shard + ", but only " + options.shards()
                    + " shards are configured; set storage.shards to at least " + (shard + 1L));
        }
        return shard;
    }

    private boolean isProven(int index, JournalFile file, long offset, long sequence) throws IOException {
        if (isVouchedFor(index, file, offset, sequence)) {
            syncedThrough = Math.max(syncedThrough, sequence);
            settleProven();
            return true;
        }
        return false;
    }

    private boolean isVouchedFor(int index, JournalFile file, long offset, long sequence) throws IOException {
        if (isBehindCheckpoint() || scanner.provesSynced(file, offset, sequence)) {
            return true;
        }
        for (CandidateFile later : candidates.subList(index + 1, candidates.size())) {
            if (scanner.provesSynced(later.journalFile(new long[0]), BLOCK_BYTES, sequence)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a shard has stated, on the ground of synced records, not to need some that come yet: then the group that
     * is due now was synced.
     */
    private boolean isBehindCheckpoint() {
        return streams.stream().anyMatch(StreamAssembler::isBehindStart);
    }

    private void damaged(JournalFile file, long offset, long bytes, String reason) {
        file.markDamaged();
        lastProvenFile = Math.max(lastProvenFile, file.number);
        Damage damage = new Damage(file.name(), offset, bytes, reason);
        damages.add(damage);
        streams.forEach(stream -> stream.doubt(bytes, damage.toString()));
    }

    private void end(String reason) {
        ended = true;
        cut = reason;
    }

    /** A group whose records were given on, with the places of its frames. */
    record ReplayedGroup(ScannedGroup group, List<Frame> framesRead) {
        ReplayedGroup(ScannedGroup group) {
            this(group, new ArrayList<>(group.frames()));
        }

        void add(int shard, long position, boolean continues, int offset, int length) {
            framesRead.add(new Frame(shard, position, continues, offset, length));
        }

        void noteFrames() {
            for (Frame each : framesRead) {
                group.file().addFrame(each.shard, each.position, each.continues, each.offset, each.length);
            }
        }
    }

    /** A frame: where it is in the stream of its shard, and where its body is in the file. */
    record Frame(int shard, long position, boolean continues, int offset, int length) {}
}

package io.millrace.storage.local;

import io.millrace.base.Agent;
import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.storage.tail.TailChunk;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The agent that writes. Whatever waits in the shard logs becomes one group and one write; there is no timer, so groups
 * grow with the load. It stays at most {@link LocalStoreOptions#groupsAhead} groups ahead of the syncer. It also starts
 * new files, and has the {@link JournalTrimmer} look after old ones.
 */
final class JournalWriter implements Agent {
    private final LocalStore store;
    private final LiveFiles files;
    private final GroupBuilder group;
    private final Clock clock;
    private final Queue<LocalShardLog> submitted;
    /** Logs with something to write, in the order of their turn. */
    private final ArrayDeque<LocalShardLog> waiting = new ArrayDeque<>();

    /** Records of up to this part of a file are kept in one. */
    private static final int UNSPLIT_FILE_PART = 8;

    private final LocalShardLog[] groupLogs;
    private final int frameBytesMax;
    private final long groupBytesMax;
    private final int emptyGroupBytes;
    private final int groupsAhead;
    private JournalFile file;
    private long offset;
    private long nextSequence;
    private @Nullable JournalFileHeader pendingHeader;
    /** The sequence of the first group of the file. */
    private long fileSequence;
    /** Whether a dead file may have to stay until that group is synced. */
    private boolean heldBack;

    private boolean begun;
    /** What is to take the files of the journal, between two groups. */
    private final AtomicReference<@Nullable BackupHold> hold = new AtomicReference<>();

    volatile boolean trimRequested = true;
    volatile boolean closing;
    /** The sequence of the closing group once it is being written. */
    volatile long closingSequence = Long.MAX_VALUE;

    /** Continues after recovery: the newest of {@code files} is written up to {@code offset}. */
    JournalWriter(LocalStore store, LiveFiles files, long offset, long nextSequence, Clock clock) {
        this.store = store;
        this.files = files;
        this.file = files.newest();
        this.offset = offset;
        this.nextSequence = nextSequence;
        this.clock = clock;
        LocalStoreOptions options = store.options();
        this.group = new GroupBuilder(options.groupBytesMax());
        this.frameBytesMax = options.frameBytesMax();
        this.groupBytesMax = options.groupBytesMax();
        this.emptyGroupBytes = options.emptyGroupBytes();
        this.groupsAhead = options.groupsAhead();
        this.submitted = new MpscVarHandleArrayQueue<>(Math.max(2, options.shards()));
        this.groupLogs = new LocalShardLog[options.shards()];
    }

    /** Notes that {@code log} has something to write. Any thread; the caller raises the signal. */
    void submit(LocalShardLog log) {
        if (!log.queued.getAndSet(true)) {
            boolean taken = submitted.offer(log);
            Check.that(taken, "a log is in the queue once at most");
        }
    }

    /** Has {@code asked} take the files of the journal. Any thread; the caller raises the signal. */
    void submit(BackupHold asked) {
        hold.set(asked);
    }

    @Override
    public boolean work() {
        if (store.failure() != null) {
            return false;
        }
        BackupHold asked = hold.getAndSet(null);
        if (asked != null) {
            store.takeJournal(asked);
        }
        if (!begun) {
            begun = true;
            trimRequested = true;
        }
        boolean worked = trim();
        drainSubmitted();
        if (nextSequence - store.syncedSequence() > groupsAhead + 1) {
            return worked;
        }
        try {
            if (!waiting.isEmpty()) {
                return writeGroup() || worked;
            }
            if (closing && closingSequence == Long.MAX_VALUE && nextSequence - 1 == store.syncedSequence()) {
                return writeClosingGroup();
            }
        } catch (IOException e) {
            store.fail(e);
        }
        return worked;
    }

    private void drainSubmitted() {
        LocalShardLog log = submitted.poll();
        while (log != null) {
            log.queued.set(false);
            if (!waiting.contains(log)) {
                waiting.add(log);
            }
            log = submitted.poll();
        }
    }

    private boolean writeGroup() throws IOException {
        if (!hasRoomForGroup() && !startFile()) {
            return false;
        }
        group.begin(pendingHeader, file, nextSequence);
        if (pendingHeader != null) {
            group.addPositions(file.endPositions());
        }
        int logs = gather();
        if (logs == 0 && waiting.isEmpty()) {
            return false;
        }
        if (logs == 0) {
            Check.that(pendingHeader == null, "a fresh file takes at least one record");
            return startFile() && writeGroup();
        }
        LocalShardLog[] contributors = Arrays.copyOf(groupLogs, logs);
        long[] positions = new long[logs];
        for (int i = 0; i < logs; i++) {
            positions[i] = contributors[i].writtenRecords();
        }
        write(contributors, positions);
        return true;
    }

    /** A group without records after everything was synced: it vouches for all before it, and ends every stream. */
    private boolean writeClosingGroup() throws IOException {
        if (!hasRoomForGroup() && !startFile()) {
            return false;
        }
        closingSequence = nextSequence;
        group.begin(pendingHeader, file, nextSequence);
        group.addPositions(file.endPositions());
        write(new LocalShardLog[0], new long[0]);
        return true;
    }

    private void write(LocalShardLog[] logs, long[] positions) throws IOException {
        int buffers = group.finish(store.syncedSequence());
        file.file.write(group.buffers(), buffers, offset);
        group.noteFrames(file, offset);
        offset += group.totalBytes();
        store.counters().writtenBytes.add(group.totalBytes());
        pendingHeader = null;
        for (int i = 0; i < logs.length; i++) {
            logs[i].publishWritten(positions[i]);
        }
        store.handToSyncer(new WrittenGroup(nextSequence, file, offset, logs, positions));
        nextSequence++;
    }

    private boolean hasRoomForGroup() {
        return offset + JournalFormat.align(emptyGroupBytes) <= file.capacityBytes;
    }

    /** Adds frames of the waiting logs while there is room; returns how many logs took part. */
    private int gather() {
        int logs = 0;
        for (int turns = waiting.size(); turns > 0; turns--) {
            LocalShardLog log = waiting.element();
            long before = log.written;
            boolean all = gather(log);
            if (log.written > before) {
                groupLogs[logs++] = log;
            }
            if (!all) {
                return logs;
            }
            waiting.remove();
        }
        return logs;
    }

    /** Adds frames of {@code log}; returns whether all it has is in the group now. */
    private boolean gather(LocalShardLog log) {
        long end = log.writable();
        while (log.written < end) {
            TailChunk chunk = Check.notNull(log.writerChunk(), "what can be written lies in a chunk");
            TailChunk next = chunk.next();
            long chunkEnd = next == null ? end : Math.min(end, chunk.end());
            if (log.written == chunkEnd) {
                log.writerChunk(Check.notNull(next, "the chunk ends before the log does"));
                continue;
            }
            if (isForNextFile(chunk, log.written)) {
                return false;
            }
            int take =
                    group.roomFor(chunkEnd - log.written, frameBytesMax, chunk.oversized, file.capacityBytes - offset);
            if (take == 0) {
                return false;
            }
            int index = (int) (log.written - chunk.start);
            group.add(log.shard(), log.written, chunk.oversized && index > 0, chunk.writerView, index, take);
            log.written += take;
        }
        return true;
    }

    /**
     * Whether the record in {@code chunk} would be split over two files for no good reason: a file that ends inside a
     * record cannot be adopted. Large ones are split all the same, for the rest of the file would be lost, and so is
     * any where no next file is ready.
     */
    private boolean isForNextFile(TailChunk chunk, long written) {
        long bytes = chunk.writerView.capacity();
        if (!chunk.oversized
                || written != chunk.start
                || offset == 0
                || bytes > file.capacityBytes / UNSPLIT_FILE_PART
                || !store.hasPrepared()) {
            return false;
        }
        long frameHeaders = (bytes / frameBytesMax + 2) * JournalFormat.FRAME_HEADER_BYTES;
        long groupHeaders = (bytes / groupBytesMax + 2) * 2 * JournalFormat.BLOCK_BYTES;
        return offset + group.totalBytes() + bytes + frameHeaders + groupHeaders > file.capacityBytes;
    }

    /** Goes on in a prepared file; false where none is ready, then the file keeper's signal brings us back. */
    private boolean startFile() {
        PreparedFile prepared = store.takePrepared();
        if (prepared == null) {
            return false;
        }
        pendingHeader = store.identity()
                .header(prepared.number(), nextSequence, files.list().get(0).number, clock.epochMillis());
        JournalFile next = new JournalFile(
                prepared.number(),
                pendingHeader.seal(),
                prepared.file(),
                store.options().fileBytes(),
                file.endPositions());
        file = next;
        fileSequence = nextSequence;
        offset = 0;
        files.add(next);
        trimRequested = true; // there may be one too many now
        return true;
    }

    /** Takes over what the shards have said since the last time, and lets go what none of them needs. */
    private boolean trim() {
        boolean stated = fileSequence <= store.syncedSequence();
        if (!trimRequested && !(heldBack && stated)) {
            return false;
        }
        trimRequested = false;
        heldBack = !stated;
        boolean any = store.trimmer().takeCheckpoints();
        // Where the shards stand must be on disk in one file before the last that says so goes.
        any |= store.trimmer().takeDeadFiles(stated ? 1 : 2);
        store.trimmer().vacateSparse();
        store.trimmer().giveUpOldest();
        return any;
    }
}

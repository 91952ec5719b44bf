package io.millrace.storage.local;

import io.millrace.base.Check;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One file of the journal and where things lie in it.
 *
 * <p>The writer owns it while it is written and decides when it goes; readers {@link #acquire} it for the time of a
 * read. When it is retired and no reader is left, the file keeper recycles it.
 */
final class JournalFile {
    private static final int RETIRED = Integer.MIN_VALUE / 2;

    final long number;
    /** What every checksum in it begins with. */
    final long seal;

    final StorageFile file;
    /** Bytes that the file has room for. */
    final long capacityBytes;

    /** Null where they must be found first: an adopted file that was opened by a later process. */
    private volatile FrameList @Nullable [] frames;
    /** What has been found then; null before anything was read. Set with this locked. */
    private volatile @Nullable FrameScan scan;
    /** Per shard the stream position at which the file begins and ends. The writer's (before it, recovery's). */
    private final long[] startPositions;

    private final long[] endPositions;
    /** Per shard whether the file has said where its stream stands. */
    private final boolean[] begun;
    /** Per shard whether the first bytes of its stream in the file belong to a record that an earlier one begins. */
    private final boolean[] beginsInside;
    /** Readers at work, plus {@link #RETIRED} once the file is retired. */
    private final AtomicInteger readers = new AtomicInteger();

    /** Up to where everything in it is on stable storage. The syncer's (before it, recovery's); read by any thread. */
    private volatile long syncedBytes;

    private boolean damaged;

    JournalFile(long number, long seal, StorageFile file, long capacityBytes, long[] startPositions) {
        this.number = number;
        this.seal = seal;
        this.file = file;
        this.capacityBytes = capacityBytes;
        this.startPositions = startPositions.clone();
        this.endPositions = startPositions.clone();
        this.begun = new boolean[startPositions.length];
        this.beginsInside = new boolean[startPositions.length];
        FrameList[] none = new FrameList[startPositions.length];
        for (int shard = 0; shard < none.length; shard++) {
            none[shard] = new FrameList();
        }
        this.frames = none;
    }

    /** An adopted file in which each shard has the part from {@code startPositions} to {@code endPositions}. */
    static JournalFile adopted(long number, long seal, StorageFile file, long[] startPositions, long[] endPositions)
            throws IOException {
        JournalFile adopted = new JournalFile(number, seal, file, file.size(), startPositions);
        System.arraycopy(endPositions, 0, adopted.endPositions, 0, endPositions.length);
        adopted.frames = null;
        adopted.syncedBytes = adopted.capacityBytes;
        return adopted;
    }

    /** The name of journal file {@code number} in {@code directory}. */
    static Path path(Path directory, long number) {
        return directory.resolve(String.format("journal-%012d.log", number));
    }

    /** Its name once it is not part of the journal any more and stays because of adopted extents. */
    static Path adoptedPath(Path directory, long number) {
        return directory.resolve(String.format("adopted-%012d.log", number));
    }

    /** Its name as a file of the journal. */
    String name() {
        return path(Path.of(""), number).toString();
    }

    @Override
    public String toString() {
        return "journal file " + number;
    }

    /**
     * Notes a frame that was written; an empty one is no place to read from. {@code continues} says that its first
     * bytes are not the beginning of a record.
     */
    void addFrame(int shard, long position, boolean continues, int offset, int length) {
        FrameList known = Check.notNull(frames, "a file of the journal knows its frames")[shard];
        if (!begun[shard]) {
            begun[shard] = true;
            startPositions[shard] = position; // recovery did not know it before
        }
        if (known.count() > 0 && position > endPositions[shard]) {
            known.add(endPositions[shard], FrameList.HOLE); // lost to damage
        }
        if (length > 0) {
            beginsInside[shard] |= continues && known.count() == 0;
            known.add(position, offset);
        }
        endPositions[shard] = position + length;
    }

    /** Whether the file holds records of {@code shard}. A file of the journal only, as {@link #beginsInside}. */
    boolean holds(int shard) {
        return Check.notNull(frames, "a file of the journal knows its frames")[shard].count() > 0;
    }

    /** Whether the first record of {@code shard} in the file begins in an earlier one. */
    boolean beginsInside(int shard) {
        return beginsInside[shard];
    }

    /**
     * The frames of {@code shard}: all of them, or those up to the first that begins behind {@code position}. They are
     * looked for in the file where they are not known.
     */
    FrameList frames(int shard, long position) throws IOException {
        FrameList[] known = frames;
        return known == null ? scan().upTo(shard, position) : known[shard];
    }

    private synchronized FrameScan scan() {
        FrameScan begun = scan;
        if (begun == null) {
            begun = new FrameScan(this, startPositions.length);
            scan = begun;
        }
        return begun;
    }

    /** The number of frames whose places are in memory. */
    long framesKnown() {
        FrameList[] known = frames;
        if (known == null) {
            FrameScan begun = scan;
            return begun == null ? 0 : begun.found();
        }
        long count = 0;
        for (FrameList each : known) {
            count += each.count();
        }
        return count;
    }

    /** Gives the memory of the frames back; they are looked for again when they are needed. Not while it is written. */
    synchronized void forgetFrames() {
        frames = null;
        scan = null;
    }

    long startPosition(int shard) {
        return startPositions[shard];
    }

    long endPosition(int shard) {
        return endPositions[shard];
    }

    long[] endPositions() {
        return endPositions.clone();
    }

    /** Keeps the file from being recycled until {@link #release}; false where it is retired already. */
    boolean acquire() {
        int now = readers.get();
        while (now >= 0) {
            if (readers.compareAndSet(now, now + 1)) {
                return true;
            }
            now = readers.get();
        }
        return false;
    }

    /** Ends a read; returns whether the file has become {@link #isFree free} by it. */
    boolean release() {
        return readers.decrementAndGet() == RETIRED;
    }

    /** Lets no reader in any more. */
    void retire() {
        readers.addAndGet(RETIRED);
    }

    /** Whether no reader is let in any more. */
    boolean isRetired() {
        return readers.get() < 0;
    }

    /** Closes it for good, or leaves that to its last reader, which is told by {@link #release}. */
    void retireAndClose() throws IOException {
        if (!isRetired()) {
            retire();
        }
        if (isFree()) {
            file.close();
        }
    }

    /** Whether the file is retired and nobody reads it. */
    boolean isFree() {
        return readers.get() == RETIRED;
    }

    /** Notes that everything before {@code end} is on stable storage, and the group that ends there is whole. */
    void noteSynced(long end) {
        syncedBytes = end;
    }

    /** Up to where everything in it is on stable storage; 0 where nothing is. Any thread. */
    long syncedBytes() {
        return syncedBytes;
    }

    /** Recovery found damage: the file is kept aside instead of recycled. */
    void markDamaged() {
        damaged = true;
    }

    boolean isDamaged() {
        return damaged;
    }
}

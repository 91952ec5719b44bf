package io.millrace.storage.local;

import io.millrace.base.file.StorageFile;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

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

    private final FrameList[] frames;
    /** Per shard the stream position at which the file begins and ends. The writer's (before it, recovery's). */
    private final long[] startPositions;

    private final long[] endPositions;
    /** Readers at work, plus {@link #RETIRED} once the file is retired. */
    private final AtomicInteger readers = new AtomicInteger();

    private boolean damaged;

    JournalFile(long number, long seal, StorageFile file, long capacityBytes, long[] startPositions) {
        this.number = number;
        this.seal = seal;
        this.file = file;
        this.capacityBytes = capacityBytes;
        this.startPositions = startPositions.clone();
        this.endPositions = startPositions.clone();
        this.frames = new FrameList[startPositions.length];
        for (int shard = 0; shard < frames.length; shard++) {
            frames[shard] = new FrameList();
        }
    }

    /** The name of journal file {@code number} in {@code directory}. */
    static Path path(Path directory, long number) {
        return directory.resolve(String.format("journal-%012d.log", number));
    }

    @Override
    public String toString() {
        return "journal file " + number;
    }

    /** Notes a frame that was written; an empty one is no place to read from. */
    void addFrame(int shard, long position, int offset, int length) {
        if (length > 0) {
            frames[shard].add(position, offset);
        }
        endPositions[shard] = position + length;
    }

    FrameList frames(int shard) {
        return frames[shard];
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

    /** Whether the file is retired and nobody reads it. */
    boolean isFree() {
        return readers.get() == RETIRED;
    }

    /** Recovery found damage: the file is kept aside instead of recycled. */
    void markDamaged() {
        damaged = true;
    }

    boolean isDamaged() {
        return damaged;
    }
}

package io.millrace.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The sealed segments of one shard: immutable pieces of storage, written once, read in ranges, deleted as a whole.
 * What is in them is for the owner to say; storage does not look into them. Segments have numbers that the owner gives,
 * 1 or more and never one twice.
 *
 * <p>A segment that no manifest names ({@link Checkpoint}) is of no use after a restart; the owner deletes it at
 * {@link Replay#onManifest}.
 *
 * <p>Methods block. They are called by the agent that runs {@link SegmentJob}s, and by the opening thread during
 * replay, never by a loop, which reads with {@link ShardLog#read}.
 */
public interface SegmentStore {
    /** Begins segment {@code segment}; what a process that died has written under this number is gone. */
    SegmentOutput create(long segment) throws IOException;

    /**
     * Fills {@code target} from {@code offset} of a sealed segment on. Throws where the segment is not there or ends
     * before. Checksums are for the caller to verify.
     */
    void read(long segment, long offset, ByteBuffer target) throws IOException;

    /** The length of a sealed segment in bytes. */
    long size(long segment) throws IOException;

    /**
     * Fills {@code target} with the bytes of the record at {@code position} of the shard's log, which is synced, and
     * where there is room for more with what follows: for each further record its length, in four bytes, and its bytes.
     * The log ends nowhere in them. Positions count the same bytes: the next record is at {@code position}, plus four,
     * plus the length of this one, and what is {@code n} bytes behind the start of a record is read from {@code
     * position} plus {@code n} on. Checksums are for the caller to verify. During replay only adopted extents can be
     * read. What is not there any more, or is found damaged by
     * storage itself, is a {@link CorruptEntryException} as the cause.
     */
    void readLog(long position, ByteBuffer target) throws IOException;

    /** Removes a segment; fine where it is not there. A read that is under way may fail. */
    void delete(long segment) throws IOException;

    /** The numbers of all segments that are there, in any state. */
    List<Long> list() throws IOException;
}

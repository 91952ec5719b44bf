package io.millrace.storage.local;

import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads old files with an eye on who reads them front to back: where a read goes on where one has ended before, the
 * system is asked for what comes next, twice as much each time up to a bound, so that it is there when it is wanted.
 * What such a reader leaves behind is given back, so that a long read of old data does not take the page cache from
 * data that is in use. Whoever jumps about is read as asked.
 *
 * <p>Keeps track of a few readers, those who have read last; a file can have several of them. The reader's thread.
 */
final class ReadAhead implements FileReads {
    private static final int STREAMS_MAX = 32;
    private static final long AHEAD_BYTES_MIN = 1 << 20;
    private static final long AHEAD_BYTES_MAX = 8 << 20;
    /** What may lie between two records of a log: headers, and records of others. */
    private static final long GAP_BYTES_MAX = 256 << 10;
    /** How far a reader may step back, to read again what it could not. */
    private static final long BACK_BYTES_MAX = 1 << 20;
    /** Given back at a time. */
    private static final long BEHIND_BYTES = 2 << 20;

    private final FileAdvice advice;
    /** In the order of their last read, the newest first. */
    private final @Nullable Stream[] streams = new Stream[STREAMS_MAX];

    /** Somebody who reads a file front to back, as far as it looks so. */
    private final class Stream {
        final StorageFile file;
        /** Up to where it has read. */
        long next;
        /** Up to where was asked ahead. */
        long asked;
        /** How much is asked ahead; 0 as long as it has read once. */
        long aheadBytes;
        /** Up to where was given back, or is to be by others. */
        long givenBack;

        Stream(StorageFile file, long from, long to) {
            this.file = file;
            this.next = to;
            this.asked = to;
            this.givenBack = from;
        }

        boolean isNear(StorageFile other, long offset) {
            return file == other && offset >= next - BACK_BYTES_MAX && offset <= next + GAP_BYTES_MAX;
        }

        /** It reads up to {@code to} now. */
        void goOn(long to) {
            next = to;
            asked = Math.max(asked, to);
            // As long as half of it is ahead, nothing is asked: requests are to be large.
            if (asked - to <= aheadBytes / 2) {
                aheadBytes = Math.min(Math.max(AHEAD_BYTES_MIN, aheadBytes * 2), AHEAD_BYTES_MAX);
                advice.willNeed(file, asked, to + aheadBytes - asked);
                asked = to + aheadBytes;
            }
        }
    }

    ReadAhead(FileAdvice advice) {
        this.advice = advice;
    }

    @Override
    public int read(StorageFile file, ByteBuffer target, long offset) throws IOException {
        Stream stream = begin(file, offset, target.remaining());
        int count = file.read(target, offset);
        if (stream.aheadBytes > 0 && stream.next - stream.givenBack >= BEHIND_BYTES) {
            giveBack(file, stream.givenBack, stream.next);
            stream.givenBack = stream.next;
        }
        return count;
    }

    /**
     * A range is about to be read that somebody needs for a while: it is for them to {@link #giveBack} it, where this
     * says that it is part of a long read.
     */
    boolean beginHeld(StorageFile file, long offset, long bytes) {
        Stream stream = begin(file, offset, bytes);
        stream.givenBack = stream.next;
        return stream.aheadBytes > 0;
    }

    /** Gives back what lies between two offsets of a file, unless somebody is about to read it. */
    void giveBack(StorageFile file, long from, long to) {
        for (Stream each : streams) {
            if (each != null && each.file == file && each.next < to && each.next + AHEAD_BYTES_MAX > from) {
                return; // its own reader gives it back
            }
        }
        advice.dontNeed(file, from, to - from);
    }

    private Stream begin(StorageFile file, long offset, long bytes) {
        int at = 0;
        while (at < STREAMS_MAX - 1 && streams[at] != null && !isNear(streams[at], file, offset)) {
            at++;
        }
        long end = offset + bytes;
        Stream known = streams[at];
        // A new one takes the place of the one that was here last.
        Stream stream = known != null && known.isNear(file, offset) ? known : new Stream(file, offset, end);
        if (end > stream.next) {
            stream.goOn(end);
        }
        System.arraycopy(streams, 0, streams, 1, at);
        streams[0] = stream;
        return stream;
    }

    private static boolean isNear(@Nullable Stream stream, StorageFile file, long offset) {
        return stream != null && stream.isNear(file, offset);
    }
}

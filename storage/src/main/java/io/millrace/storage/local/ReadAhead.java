package io.millrace.storage.local;

import io.millrace.base.Clock;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads old files with an eye on who reads them front to back, where a read goes on where one has ended before. The
 * system sees that too and reads ahead by itself. Where that is not enough, and the reads of a file take long, the
 * system is asked for what comes next, twice as much each time up to a bound, so that it is there when it is wanted.
 * Elsewhere it is not asked, for it takes longer to do what it is asked for than what it does by itself.
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
    /** Where so much takes longer than this, asking is worth what it takes itself, about half a millisecond a MiB. */
    private static final long MEASURED_BYTES = 1 << 20;

    private static final long MEASURED_NANOS_MAX = 4_000_000;

    private final FileAdvice advice;
    private final Clock clock;
    /** In the order of their last read, the newest first. */
    private final @Nullable Stream[] streams = new Stream[STREAMS_MAX];

    /** Somebody who reads a file front to back, as far as it looks so. */
    private final class Stream {
        final StorageFile file;
        /** Up to where it has read. */
        long next;
        /** It has gone on where it had ended. */
        boolean isLong;
        /** Its reads take long. */
        boolean isSlow;
        /** What was read since the last full piece that was measured, and in what time. */
        long measuredBytes;

        long measuredNanos;
        /** Up to where was asked ahead. */
        long asked;
        /** How much is asked ahead. */
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
            isLong = true;
            next = to;
            asked = Math.max(asked, to);
            // As long as half of it is ahead, nothing is asked: requests are to be large.
            if (isSlow && asked - to <= aheadBytes / 2) {
                aheadBytes = Math.min(Math.max(AHEAD_BYTES_MIN, aheadBytes * 2), AHEAD_BYTES_MAX);
                advice.willNeed(file, asked, to + aheadBytes - asked);
                asked = to + aheadBytes;
            }
        }

        /** A read of {@code bytes} bytes has taken {@code nanos} nanoseconds. */
        void took(long bytes, long nanos) {
            measuredBytes += bytes;
            measuredNanos += nanos;
            // It stays slow: what was asked for in time is read fast.
            isSlow |= measuredNanos > MEASURED_NANOS_MAX;
            if (measuredBytes >= MEASURED_BYTES) {
                measuredBytes = 0;
                measuredNanos = 0;
            }
        }
    }

    ReadAhead(FileAdvice advice, Clock clock) {
        this.advice = advice;
        this.clock = clock;
    }

    @Override
    public int read(StorageFile file, ByteBuffer target, long offset) throws IOException {
        Stream stream = begin(file, offset, target.remaining());
        long start = clock.nanoTime();
        int count = file.read(target, offset);
        stream.took(count, clock.nanoTime() - start);
        if (stream.isLong && stream.next - stream.givenBack >= BEHIND_BYTES) {
            giveBack(file, stream.givenBack, stream.next);
            stream.givenBack = stream.next;
        }
        return count;
    }

    /**
     * As {@link StorageFile#load}, for a range that somebody needs for a while: it is for them to {@link #giveBack} it,
     * where this says that it is part of a long read.
     */
    boolean loadHeld(StorageFile file, long offset, long bytes) throws IOException {
        Stream stream = begin(file, offset, bytes);
        stream.givenBack = stream.next;
        long start = clock.nanoTime();
        file.load(offset, bytes);
        stream.took(bytes, clock.nanoTime() - start);
        return stream.isLong;
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

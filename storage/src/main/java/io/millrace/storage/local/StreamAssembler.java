package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.RECORD_PREFIX_BYTES;

import io.millrace.storage.Replay;
import io.millrace.storage.ShardLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Puts the record stream of one shard together again from its frames, at recovery. A record that was split over frames
 * is given on when its last frame is there; one whose end was never written is dropped, for nobody was told of it.
 */
final class StreamAssembler {
    private static final long UNKNOWN = -1;

    private final Replay replay;
    private final long from;
    private long expected = UNKNOWN;
    private long doubtfulBytes;
    private String doubt = "";
    private @Nullable ByteBuf partial;
    private long partialPosition;

    /** Records below {@code from} are there still, and of no interest any more. */
    StreamAssembler(Replay replay, long from) {
        this.replay = replay;
        this.from = from;
    }

    /** The position at which the stream goes on. */
    long end() {
        return Math.max(from, expected);
    }

    /** Whether the stream stands, as far as it was read, before the position from which records are given on. */
    boolean isBehindStart() {
        return expected != UNKNOWN && isBeforeStart(expected);
    }

    /** Whether records at {@code position} are not given on. */
    boolean isBeforeStart(long position) {
        return position < from;
    }

    /**
     * Notes damage that may have held up to {@code bytes} of this stream; {@code place} names it. The next frame
     * settles what it did hold.
     */
    void doubt(long bytes, String place) {
        doubtfulBytes += bytes;
        doubt = doubt.isEmpty() ? place : doubt;
    }

    /**
     * Takes the next frame, where an empty one says only where the stream stands; {@code place} names it where bytes
     * before it are missing or its records make no sense.
     */
    void add(long position, boolean continues, ByteBuffer memory, int index, int length, String place) {
        if (expected == UNKNOWN && from > 0 && position > from) {
            // What a checkpoint begins with is there as long as it is in force.
            lost(from, position, "the journal begins behind it, at " + place);
        } else if (expected != UNKNOWN && position != expected) {
            dropPartial();
            lost(expected, position, "bytes before " + place + " are missing");
        }
        expected = position + length;
        doubtfulBytes = 0;
        if (length == 0) {
            return;
        }
        ByteBuf body = Unpooled.wrappedBuffer(memory.slice(index, length));
        if (continues) {
            if (partial != null) {
                addToPartial(body, partial);
            }
            return;
        }
        dropPartial();
        int consumed = giveRecords(position, body);
        if (consumed < length) {
            beginPartial(position + consumed, body, place);
        }
    }

    private int giveRecords(long position, ByteBuf body) {
        int at = 0;
        while (body.readableBytes() - at >= RECORD_PREFIX_BYTES) {
            int bytes = body.getInt(at);
            int next = at + RECORD_PREFIX_BYTES + bytes;
            if (bytes < 0 || next < 0 || next > body.readableBytes()) {
                return at;
            }
            give(position + at, body.slice(at + RECORD_PREFIX_BYTES, bytes));
            at = next;
        }
        return at;
    }

    private void beginPartial(long position, ByteBuf body, String place) {
        int from = (int) (position - (expected - body.readableBytes()));
        int left = body.readableBytes() - from;
        int bytes = left < RECORD_PREFIX_BYTES ? -1 : body.getInt(from);
        if (bytes < 0 || bytes > ShardLog.RECORD_BYTES_MAX) {
            lost(position, expected, place + " holds no whole record behind position " + position);
            return;
        }
        partialPosition = position;
        partial = Unpooled.directBuffer(bytes + RECORD_PREFIX_BYTES, bytes + RECORD_PREFIX_BYTES);
        partial.writeBytes(body, from, left);
    }

    private void addToPartial(ByteBuf body, ByteBuf record) {
        record.writeBytes(body, 0, Math.min(body.readableBytes(), record.writableBytes()));
        if (!record.isWritable()) {
            give(partialPosition, record.slice(RECORD_PREFIX_BYTES, record.capacity() - RECORD_PREFIX_BYTES));
            dropPartial();
        }
    }

    /**
     * Ends the replay: an unfinished record at the end is not there. Where nothing behind damage says how much of this
     * stream it held, all of it may have been; then the stream goes on behind, for no position is used twice.
     */
    void finish() {
        dropPartial();
        if (doubtfulBytes > 0) {
            long from = end();
            expected = from + doubtfulBytes;
            lost(from, expected, doubt + " may have held what was written last");
        }
    }

    /** Frees what an interrupted replay holds. */
    void close() {
        dropPartial();
    }

    private void give(long position, ByteBuf record) {
        if (position >= from) {
            replay.onRecord(position, record);
        }
    }

    private void lost(long first, long end, String reason) {
        if (end > from) {
            replay.onLost(Math.max(first, from), end, reason);
        }
    }

    private void dropPartial() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }
}

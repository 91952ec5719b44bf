package io.millrace.storage.run;

import io.millrace.base.Check;
import java.nio.ByteBuffer;

/** Reads what {@link RecordEncoder} has written, from bytes whose checksum was verified. Not thread-safe. */
final class RecordDecoder {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** The current record. */
    long key;

    long sub;
    long value;

    private ByteBuffer source = NOTHING;
    private int at;
    private int left;
    private boolean begun;

    /** Begins a sequence of {@code count} records at {@code index} of {@code bytes}. */
    void begin(ByteBuffer bytes, int index, int count) {
        source = bytes;
        at = index;
        left = count;
        begun = false;
    }

    /** Begins the records of the block at {@code index} of {@code blocks}. */
    void beginBlock(ByteBuffer blocks, int index) {
        begin(blocks, index + RunFormat.BODY_AT, RunFormat.entries(blocks, index));
    }

    /** Goes on from where {@code other} is, which stays there. */
    void follow(RecordDecoder other) {
        source = other.source;
        at = other.at;
        left = other.left;
        begun = other.begun;
        key = other.key;
        sub = other.sub;
        value = other.value;
    }

    /** Forgets the source. */
    void end() {
        begin(NOTHING, 0, 0);
    }

    /** Moves to the next record; returns false where there is none. */
    boolean next() {
        if (left == 0) {
            return false;
        }
        left--;
        if (!begun) {
            begun = true;
            key = signed();
            sub = signed();
            value = signed();
            return true;
        }
        long keyStep = unsigned();
        if (keyStep != 0) {
            key += keyStep;
            sub += signed();
            value += signed();
            return true;
        }
        long subStep = unsigned();
        sub += subStep;
        value += subStep != 0 ? signed() : unsigned();
        return true;
    }

    /** Reads one byte. */
    int octet() {
        return source.get(at++);
    }

    long signed() {
        long number = unsigned();
        return (number >>> 1) ^ -(number & 1);
    }

    long unsigned() {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = source.get(at++);
            number |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return number;
            }
        }
        Check.that(false, "a number of more than 64 bits has a good checksum");
        return number;
    }
}

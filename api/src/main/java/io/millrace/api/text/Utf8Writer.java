package io.millrace.api.text;

import io.netty.buffer.ByteBuf;
import java.io.Writer;

/**
 * Writes text into a buffer as UTF-8. An unpaired surrogate cannot be written: {@link #isMalformed} tells. Text may
 * come in pieces of any size. One thread.
 */
public final class Utf8Writer extends Writer {
    private static final int CHAR_BYTES_MAX = 3;

    private final ByteBuf target;
    private char high;
    private boolean malformed;

    /** Writes into {@code target}, which stays the caller's. */
    public Utf8Writer(ByteBuf target) {
        this.target = target;
    }

    @Override
    public void write(char[] chars, int offset, int length) {
        target.ensureWritable(Math.min(length, Integer.MAX_VALUE / CHAR_BYTES_MAX));
        for (int at = offset; at < offset + length; at++) {
            char next = chars[at];
            if (high == 0 && next < 0x80) {
                target.writeByte(next);
            } else {
                writeWide(next);
            }
        }
    }

    private void writeWide(char next) {
        if (high != 0) {
            malformed |= !Character.isLowSurrogate(next);
            writePoint(Character.toCodePoint(high, next));
            high = 0;
        } else if (Character.isHighSurrogate(next)) {
            high = next;
        } else {
            malformed |= Character.isLowSurrogate(next);
            writePoint(next);
        }
    }

    private void writePoint(int point) {
        if (malformed) {
            return;
        }
        if (point < 0x80) {
            target.writeByte(point);
        } else if (point < 0x800) {
            target.writeByte(0xC0 | (point >> 6));
            writeRest(point, 0);
        } else if (point < 0x10000) {
            target.writeByte(0xE0 | (point >> 12));
            writeRest(point, 6);
        } else {
            target.writeByte(0xF0 | (point >> 18));
            writeRest(point, 12);
        }
    }

    private void writeRest(int point, int firstShift) {
        for (int shift = firstShift; shift >= 0; shift -= 6) {
            target.writeByte(0x80 | ((point >> shift) & 0x3F));
        }
    }

    /** Whether what was written so far is not text that UTF-8 can carry. */
    public boolean isMalformed() {
        return malformed || high != 0;
    }

    @Override
    public void flush() {
        // Nothing is kept back.
    }

    @Override
    public void close() {
        // The target is the caller's.
    }
}

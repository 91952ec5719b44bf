package io.millrace.broker.selector;

import io.netty.buffer.ByteBuf;

/**
 * What lies between two {@code %} of a pattern, as UTF-8 in which a byte that UTF-8 does not have stands for any one
 * character. It is looked for in linear time: without such a byte by the algorithm of Knuth, Morris and Pratt, with one
 * by a set of bits that says which of its beginnings end here (Shift-And; Baeza-Yates and Gonnet 1992), which a long
 * has room for. Immutable; any thread; allocates nothing once made.
 */
final class LikePiece {
    /** Stands for any character. */
    static final byte ANY = (byte) 0xFF;

    /** No place in a text. */
    static final int NOWHERE = -1;

    /** The longest piece to look for that has characters left open, in bytes. */
    static final int OPEN_BYTES_MAX = Long.SIZE;

    private static final int NIBBLES = 16;

    private final byte[] bytes;
    private final boolean isOpen;
    /** For each beginning, how long a shorter one it ends with. Only where no character is open. */
    private final int[] borders;
    /** By the upper and the lower half of a byte: where in the piece it fits, a bit for each place. Only where open. */
    private final long[] upper;

    private final long[] lower;
    /** The places that fit any character. */
    private final long open;

    LikePiece(byte[] bytes) {
        this.bytes = bytes;
        this.isOpen = hasAny(bytes);
        this.borders = isOpen ? new int[0] : borders(bytes);
        boolean hasBits = isOpen && bytes.length <= OPEN_BYTES_MAX;
        this.upper = new long[hasBits ? NIBBLES : 0];
        this.lower = new long[hasBits ? NIBBLES : 0];
        this.open = hasBits ? fillBits() : 0;
    }

    private static boolean hasAny(byte[] bytes) {
        for (byte each : bytes) {
            if (each == ANY) {
                return true;
            }
        }
        return false;
    }

    private static int[] borders(byte[] bytes) {
        int[] borders = new int[bytes.length];
        int border = 0;
        for (int i = 1; i < bytes.length; i++) {
            while (border > 0 && bytes[i] != bytes[border]) {
                border = borders[border - 1];
            }
            if (bytes[i] == bytes[border]) {
                border++;
            }
            borders[i] = border;
        }
        return borders;
    }

    private long fillBits() {
        long places = 0;
        for (int i = 0; i < bytes.length; i++) {
            long place = 1L << i;
            if (bytes[i] == ANY) {
                places |= place;
            } else {
                upper[bytes[i] >> 4 & 15] |= place;
                lower[bytes[i] & 15] |= place;
            }
        }
        for (int nibble = 0; nibble < NIBBLES; nibble++) {
            // A character begins with a byte that continues none.
            upper[nibble] |= nibble >> 2 == 2 ? 0 : places;
            lower[nibble] |= places;
        }
        return places;
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    /** Throws {@link IllegalArgumentException}, whose message says what would have been right, where it is too long. */
    void checkSearchable() {
        if (isOpen && bytes.length > OPEN_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a pattern with at most " + OPEN_BYTES_MAX + " bytes from one % to the next where there is a _");
        }
    }

    /** Where the text behind it begins, if the text at {@code at} begins with it; else {@link #NOWHERE}. */
    int matchFrom(ByteBuf source, int at, int end) {
        int next = at;
        for (byte each : bytes) {
            if (next == end) {
                return NOWHERE;
            }
            byte found = source.getByte(next++);
            if (each == ANY) {
                next = behindCharacter(source, next, end);
            } else if (each != found) {
                return NOWHERE;
            }
        }
        return next;
    }

    /** Where it begins, if the text from {@code start} up to {@code end} ends with it; else {@link #NOWHERE}. */
    int matchUpTo(ByteBuf source, int start, int end) {
        int next = end;
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (next == start) {
                return NOWHERE;
            }
            byte found = source.getByte(--next);
            if (bytes[i] == ANY) {
                while (next > start && isContinuation(source.getByte(next))) {
                    next--;
                }
            } else if (bytes[i] != found) {
                return NOWHERE;
            }
        }
        return next;
    }

    /**
     * The end of the first place from {@code start} on where it is, perhaps within its last character;
     * {@link #NOWHERE} where it is not before {@code end}.
     */
    int find(ByteBuf source, int start, int end) {
        return isOpen ? findOpen(source, start, end) : findLiteral(source, start, end);
    }

    private int findLiteral(ByteBuf source, int start, int end) {
        int fitting = 0;
        for (int at = start; at < end; at++) {
            byte found = source.getByte(at);
            while (fitting > 0 && bytes[fitting] != found) {
                fitting = borders[fitting - 1];
            }
            if (bytes[fitting] == found) {
                fitting++;
            }
            if (fitting == bytes.length) {
                return at + 1;
            }
        }
        return NOWHERE;
    }

    private int findOpen(ByteBuf source, int start, int end) {
        long whole = 1L << (bytes.length - 1);
        long fitting = 0;
        for (int at = start; at < end; at++) {
            byte found = source.getByte(at);
            // A character that is open goes on as long as its bytes do.
            long goingOn = isContinuation(found) ? fitting & open : 0;
            fitting = ((fitting << 1 | 1) & upper[found >> 4 & 15] & lower[found & 15]) | goingOn;
            if ((fitting & whole) != 0) {
                // Where a character goes on behind this, its other bytes are the beginning of no piece.
                return at + 1;
            }
        }
        return NOWHERE;
    }

    private static int behindCharacter(ByteBuf source, int at, int end) {
        int next = at;
        while (next < end && isContinuation(source.getByte(next))) {
            next++;
        }
        return next;
    }

    private static boolean isContinuation(byte found) {
        return (found & 0xC0) == 0x80;
    }
}

package io.millrace.storage.index;

import java.nio.ByteBuffer;

/** Numbers of variable length: seven bits a byte, lowest first, the high bit on all but the last. Stateless. */
public final class Varint {
    /** The most bytes that a number takes. */
    public static final int BYTES_MAX = 10;

    private Varint() {}

    /** Writes {@code value}, small ones short. */
    public static void put(ByteBuffer target, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            target.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest);
    }

    /** Writes {@code value}, those near 0 short. */
    public static void putSigned(ByteBuffer target, long value) {
        put(target, zigzag(value));
    }

    /** Reads what {@link #put} wrote. */
    public static long get(ByteBuffer source) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = source.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalStateException("a number has more than ten bytes");
    }

    /** Reads what {@link #putSigned} wrote. */
    public static long getSigned(ByteBuffer source) {
        return unzigzag(get(source));
    }

    static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    static long unzigzag(long coded) {
        return (coded >>> 1) ^ -(coded & 1);
    }
}

package io.millrace.storage.run;

import java.nio.ByteBuffer;

/**
 * Writes a sorted sequence of records, each as its difference from the one before (docs/formats/ordered-run.md): a few
 * bytes for a record that is near the one before, {@value #RECORD_BYTES_MAX} at most.
 */
final class RecordEncoder {
    /** The most bytes of one record. */
    static final int RECORD_BYTES_MAX = 30;

    private long key;
    private long sub;
    private long value;
    private boolean begun;

    /** Begins a new sequence. */
    void reset() {
        begun = false;
    }

    /** Writes a record that is greater than the one before at the position of {@code target}, which moves behind it. */
    void encode(ByteBuffer target, long newKey, long newSub, long newValue) {
        if (!begun) {
            begun = true;
            putSigned(target, newKey);
            putSigned(target, newSub);
            putSigned(target, newValue);
        } else if (newKey != key) {
            putUnsigned(target, newKey - key);
            putSigned(target, newSub - sub);
            putSigned(target, newValue - value);
        } else if (newSub != sub) {
            target.put((byte) 0);
            putUnsigned(target, newSub - sub);
            putSigned(target, newValue - value);
        } else {
            target.put((byte) 0).put((byte) 0);
            putUnsigned(target, newValue - value);
        }
        key = newKey;
        sub = newSub;
        value = newValue;
    }

    /** Seven bits a byte, the lowest first; all but the last byte have their top bit set. */
    static void putUnsigned(ByteBuffer target, long number) {
        long rest = number;
        while ((rest & ~0x7FL) != 0) {
            target.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest);
    }

    /** The same with the sign in the lowest bit, so that small negative numbers are short as well. */
    static void putSigned(ByteBuffer target, long number) {
        putUnsigned(target, (number << 1) ^ (number >> 63));
    }
}

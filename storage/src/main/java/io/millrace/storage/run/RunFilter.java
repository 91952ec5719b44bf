package io.millrace.storage.run;

import io.millrace.base.Mix64;
import java.nio.ByteBuffer;

/**
 * The bits of a run's filter: whether records of a key <em>may</em> be there. A Bloom filter in lines of 64 bytes,
 * {@value #PROBES} bits of one line set for a record: a question touches one cache line.
 *
 * <p>A key is asked of the filters of all runs, so their errors add up, and nearly all of what filters take is taken by
 * the largest runs. So the smaller a run, the more bits a record has: {@value #BITS_SMALL} in one of up to {@value
 * #RECORDS_SMALL} records, {@value #BITS_MEDIUM} up to {@value #RECORDS_MEDIUM}, {@value #BITS_LARGE} beyond. Of the
 * keys that are not there about 0.04, 0.1 and 1.2 % are taken for ones that may be.
 */
final class RunFilter {
    static final int BITS_SMALL = 20;
    static final int BITS_MEDIUM = 16;
    static final int BITS_LARGE = 10;
    static final int RECORDS_SMALL = 1 << 18;
    static final int RECORDS_MEDIUM = 1 << 21;
    static final int LINES_PER_BLOCK = 63;

    private static final int PROBES = 7;
    private static final int LINE_BYTES = 64;
    private static final int LINE_BITS = LINE_BYTES * Byte.SIZE;
    private static final int PROBE_BITS = 9;
    /** The bytes of a block's body. */
    static final int BODY_BYTES = LINES_PER_BLOCK * LINE_BYTES;

    private RunFilter() {}

    /** The blocks of a filter for {@code records} records. */
    static int blocks(long records) {
        return Math.toIntExact(records * bitsPerRecord(records) / (LINES_PER_BLOCK * LINE_BITS) + 1);
    }

    private static int bitsPerRecord(long records) {
        if (records <= RECORDS_SMALL) {
            return BITS_SMALL;
        }
        return records <= RECORDS_MEDIUM ? BITS_MEDIUM : BITS_LARGE;
    }

    /** Spreads a key over 64 bits; on disk, so it never changes. */
    static long hash(long key) {
        return Mix64.of(key);
    }

    /** The block of a filter of {@code blocks} blocks in which a key with this hash has its line. */
    static int block(long hash, int blocks) {
        return (int) (line(hash, blocks) / LINES_PER_BLOCK);
    }

    /** Sets the bits of {@code hash} in its block, which lies at {@code at}. */
    static void set(ByteBuffer target, int at, long hash, int blocks) {
        int line = lineAt(at, hash, blocks);
        long probes = Mix64.of(hash);
        for (int i = 0; i < PROBES; i++) {
            int bit = (int) (probes >>> (i * PROBE_BITS)) & (LINE_BITS - 1);
            int place = line + (bit >> 3);
            target.put(place, (byte) (target.get(place) | (1 << (bit & 7))));
        }
    }

    /** Whether all bits of {@code hash} are set in its block, which lies at {@code at}. */
    static boolean has(ByteBuffer source, int at, long hash, int blocks) {
        int line = lineAt(at, hash, blocks);
        long probes = Mix64.of(hash);
        for (int i = 0; i < PROBES; i++) {
            int bit = (int) (probes >>> (i * PROBE_BITS)) & (LINE_BITS - 1);
            if ((source.get(line + (bit >> 3)) & (1 << (bit & 7))) == 0) {
                return false;
            }
        }
        return true;
    }

    private static int lineAt(int at, long hash, int blocks) {
        return at + RunFormat.BODY_AT + (int) (line(hash, blocks) % LINES_PER_BLOCK) * LINE_BYTES;
    }

    /** The hash scaled to the number of lines. */
    private static long line(long hash, int blocks) {
        return ((hash >>> Integer.SIZE) * ((long) blocks * LINES_PER_BLOCK)) >>> Integer.SIZE;
    }
}

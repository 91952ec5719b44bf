package io.millrace.storage.run;

import java.nio.ByteBuffer;

/**
 * The nodes of the block index: for each child, a block of records or a node of the level below, a bound that none of
 * its records is below and all of the child before are. A node begins with the number of its first child.
 *
 * <p>Bounds are as short as they can be: where the keys on both sides differ the key is enough, and the rest is the
 * smallest number there is.
 */
final class BlockIndex {
    private static final int KEY = 0;
    private static final int KEY_AND_SUB = 1;
    private static final int WHOLE = 2;
    private static final int CHILD_BYTES_MAX = 31;

    private BlockIndex() {}

    /** Adds the bound between a child that ends with one record and the next, which begins with another. */
    static void addBound(
            RecordList bounds, long lastKey, long lastSub, long key, long sub, long value, boolean isFirstChild) {
        if (isFirstChild || lastKey != key) {
            bounds.add(key, Long.MIN_VALUE, Long.MIN_VALUE);
        } else if (lastSub != sub) {
            bounds.add(key, sub, Long.MIN_VALUE);
        } else {
            bounds.add(key, sub, value);
        }
    }

    /**
     * Writes the body of a node at the position of {@code target}, for as many of {@code children} from {@code first}
     * on as there is room for up to {@code end}; returns how many.
     */
    static int writeNode(ByteBuffer target, int end, RecordList children, int first) {
        RecordEncoder.putUnsigned(target, first);
        long before = 0;
        int child = first;
        for (; child < children.count() && end - target.position() >= CHILD_BYTES_MAX; child++) {
            long key = children.key(child);
            long sub = children.sub(child);
            long value = children.value(child);
            int parts = value != Long.MIN_VALUE ? WHOLE : sub != Long.MIN_VALUE ? KEY_AND_SUB : KEY;
            target.put((byte) parts);
            RecordEncoder.putSigned(target, key - before);
            before = key;
            if (parts != KEY) {
                RecordEncoder.putSigned(target, sub);
            }
            if (parts == WHOLE) {
                RecordEncoder.putSigned(target, value);
            }
        }
        return child - first;
    }

    /** The child of the verified node at {@code at} of {@code blocks} in which the first record from this one on is. */
    static int child(ByteBuffer blocks, int at, long key, long sub, long value) {
        int children = RunFormat.entries(blocks, at);
        RecordDecoder numbers = new RecordDecoder();
        numbers.begin(blocks, at + RunFormat.BODY_AT, 0);
        int first = (int) numbers.unsigned();
        long childKey = 0;
        int found = 0;
        for (int i = 0; i < children; i++) {
            long parts = numbers.octet();
            childKey += numbers.signed();
            long childSub = parts != KEY ? numbers.signed() : Long.MIN_VALUE;
            long childValue = parts == WHOLE ? numbers.signed() : Long.MIN_VALUE;
            if (RecordOrder.compare(childKey, childSub, childValue, key, sub, value) > 0) {
                break;
            }
            found = i;
        }
        return first + found;
    }
}

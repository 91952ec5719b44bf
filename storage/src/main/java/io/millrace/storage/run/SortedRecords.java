package io.millrace.storage.run;

import io.millrace.base.Check;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A sorted set of records in memory: the head of an index. A B+ tree of two levels: leaves of up to {@value
 * #LEAF_RECORDS} records, and one directory of their bounds that is searched by halves. Adding and removing cost a
 * search and a move of half a leaf, taking the first one next to nothing; none makes an object per record.
 *
 * <p>Heap: 24 bytes a record in leaves that are at least half full, dense where records were added in order; 32 bytes a
 * leaf in the directory. So 24.1 to 49 bytes a record; some 400 bytes for up to 8 of them. Where records are removed
 * any two leaves side by side are half full together: up to 97 bytes a record.
 *
 * <p>Not thread-safe; what is not changed any more can be read by any number of {@link HeadCursor}s on any thread.
 */
public final class SortedRecords {
    static final int LEAF_RECORDS = 128;

    private static final int RECORD_LONGS = 3;
    private static final int LEAVES_MIN = 2;
    /** Room in the first leaf to begin with: there may be very many indexes with a few records. */
    private static final int FEW_RECORDS = 8;

    /** One leaf: its records, three longs each, are those from {@code from} up to {@code to}. */
    static final class Leaf {
        long[] longs;
        int from;
        int to;

        Leaf(int records) {
            longs = new long[records * RECORD_LONGS];
        }

        /** Makes room for one more record at the end. */
        void reserve() {
            if (to * RECORD_LONGS == longs.length) {
                longs = Arrays.copyOf(longs, Math.min(LEAF_RECORDS * RECORD_LONGS, longs.length * 4));
            }
        }

        long key(int index) {
            return longs[index * RECORD_LONGS];
        }

        long sub(int index) {
            return longs[index * RECORD_LONGS + 1];
        }

        long value(int index) {
            return longs[index * RECORD_LONGS + 2];
        }

        int records() {
            return to - from;
        }

        boolean isFull() {
            return records() == LEAF_RECORDS;
        }

        /** The first record that is not below this one; {@code to} where all are. */
        int find(long key, long sub, long value) {
            return lowerBound(longs, from, to, key, sub, value);
        }
    }

    private @Nullable Leaf[] leaves = new Leaf[LEAVES_MIN];
    // No record of a leaf is below its bound, and all of the leaf before are.
    private long[] bounds = new long[LEAVES_MIN * RECORD_LONGS];
    private int first;
    private int end;
    private int count;
    private int changes;

    /** How many records there are. */
    public int count() {
        return count;
    }

    /** Adds a record; returns false where it is there already. */
    public boolean add(long key, long sub, long value) {
        if (end == leaves.length) {
            makeRoom();
        }
        if (first == end) {
            insertLeaf(first, key, sub, value);
            put(first, 0, key, sub, value);
            return true;
        }
        int place = leafOf(key, sub, value);
        Leaf leaf = leaf(place);
        int at = leaf.find(key, sub, value);
        if (at < leaf.to && leaf.key(at) == key && leaf.sub(at) == sub && leaf.value(at) == value) {
            return false;
        }
        if (leaf.isFull()) {
            if (at == leaf.to) {
                // Halving a leaf at whose end records come in order would leave every leaf half empty.
                place++;
                if (place == end || leaf(place).isFull()) {
                    insertLeaf(place, key, sub, value);
                }
                at = leaf(place).from;
            } else {
                int half = leaf.from + LEAF_RECORDS / 2;
                split(place, leaf, half);
                if (at > half) {
                    place++;
                    at -= half;
                }
            }
        }
        put(place, at, key, sub, value);
        return true;
    }

    /** Whether there is a record of this key. */
    boolean hasKey(long key) {
        if (first == end) {
            return false;
        }
        int place = leafOf(key, Long.MIN_VALUE, Long.MIN_VALUE);
        int at = leaf(place).find(key, Long.MIN_VALUE, Long.MIN_VALUE);
        if (at == leaf(place).to && place + 1 < end) {
            place++;
            at = leaf(place).from;
        }
        return at < leaf(place).to && leaf(place).key(at) == key;
    }

    /** The key of the first record; there must be one. */
    public long firstKey() {
        Leaf leaf = leaf(first);
        return leaf.key(leaf.from);
    }

    /** The second key of the first record; there must be one. */
    public long firstSub() {
        Leaf leaf = leaf(first);
        return leaf.sub(leaf.from);
    }

    /** The value of the first record; there must be one. */
    public long firstValue() {
        Leaf leaf = leaf(first);
        return leaf.value(leaf.from);
    }

    /** Removes the first record; there must be one. */
    public void removeFirst() {
        Leaf leaf = leaf(first);
        leaf.from++;
        count--;
        changes++;
        if (leaf.from == leaf.to) {
            leaves[first++] = null;
        }
    }

    /** Removes a record; returns false where it is not there. */
    public boolean remove(long key, long sub, long value) {
        if (first == end) {
            return false;
        }
        int place = leafOf(key, sub, value);
        Leaf leaf = leaf(place);
        int at = leaf.find(key, sub, value);
        if (at == leaf.to || leaf.key(at) != key || leaf.sub(at) != sub || leaf.value(at) != value) {
            return false;
        }
        move(leaf, at + 1, at, leaf.to - at - 1);
        leaf.to--;
        count--;
        changes++;
        if (leaf.from == leaf.to) {
            removeLeaf(place);
        } else if (place + 1 < end && leaf.records() + leaf(place + 1).records() <= LEAF_RECORDS / 2) {
            join(leaf, leaf(place + 1));
            removeLeaf(place + 1);
        } else if (place > first && leaf.records() + leaf(place - 1).records() <= LEAF_RECORDS / 2) {
            join(leaf(place - 1), leaf);
            removeLeaf(place);
        }
        return true;
    }

    /** Moves all records of {@code behind} to the end of the leaf before it. */
    private static void join(Leaf leaf, Leaf behind) {
        long[] longs = new long[LEAF_RECORDS * RECORD_LONGS];
        System.arraycopy(leaf.longs, leaf.from * RECORD_LONGS, longs, 0, leaf.records() * RECORD_LONGS);
        System.arraycopy(
                behind.longs,
                behind.from * RECORD_LONGS,
                longs,
                leaf.records() * RECORD_LONGS,
                behind.records() * RECORD_LONGS);
        leaf.to = leaf.records() + behind.records();
        leaf.from = 0;
        leaf.longs = longs;
    }

    private void removeLeaf(int place) {
        if (place == first) {
            leaves[first++] = null;
            return;
        }
        int behind = end - place - 1;
        System.arraycopy(leaves, place + 1, leaves, place, behind);
        System.arraycopy(bounds, (place + 1) * RECORD_LONGS, bounds, place * RECORD_LONGS, behind * RECORD_LONGS);
        leaves[--end] = null;
    }

    /** Grows with every change, so that a cursor notices. */
    int changes() {
        return changes;
    }

    int firstLeaf() {
        return first;
    }

    int endLeaf() {
        return end;
    }

    Leaf leaf(int place) {
        return Check.notNull(leaves[place], "a leaf is missing in the head of an index");
    }

    /** The leaf in which the first record that is not below this one would be, or the one before that. */
    int leafOf(long key, long sub, long value) {
        int behind = lowerBound(bounds, first, end, key, sub, value);
        boolean isBound = behind < end
                && bounds[behind * RECORD_LONGS] == key
                && bounds[behind * RECORD_LONGS + 1] == sub
                && bounds[behind * RECORD_LONGS + 2] == value;
        return isBound ? behind : Math.max(first, behind - 1);
    }

    private static int lowerBound(long[] longs, int from, int to, long key, long sub, long value) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int at = middle * RECORD_LONGS;
            if (RecordOrder.compare(longs[at], longs[at + 1], longs[at + 2], key, sub, value) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void put(int leafPlace, int at, long key, long sub, long value) {
        Leaf leaf = leaf(leafPlace);
        int place = at;
        if (leaf.from > 0 && (leaf.to == LEAF_RECORDS || at - leaf.from < leaf.to - at)) {
            move(leaf, leaf.from, leaf.from - 1, at - leaf.from);
            leaf.from--;
            place--;
        } else {
            leaf.reserve();
            move(leaf, at, at + 1, leaf.to - at);
            leaf.to++;
        }
        leaf.longs[place * RECORD_LONGS] = key;
        leaf.longs[place * RECORD_LONGS + 1] = sub;
        leaf.longs[place * RECORD_LONGS + 2] = value;
        count++;
        changes++;
        if (place == leaf.from) {
            setBound(leafPlace, key, sub, value);
        }
    }

    private static void move(Leaf leaf, int from, int to, int records) {
        System.arraycopy(leaf.longs, from * RECORD_LONGS, leaf.longs, to * RECORD_LONGS, records * RECORD_LONGS);
    }

    /** Moves the records from {@code half} on to a new leaf behind this one. */
    private void split(int place, Leaf leaf, int half) {
        insertLeaf(place + 1, leaf.key(half), leaf.sub(half), leaf.value(half));
        Leaf upper = leaf(place + 1);
        upper.to = leaf.to - half;
        System.arraycopy(leaf.longs, half * RECORD_LONGS, upper.longs, 0, upper.to * RECORD_LONGS);
        leaf.to = half;
    }

    private void insertLeaf(int place, long key, long sub, long value) {
        System.arraycopy(leaves, place, leaves, place + 1, end - place);
        System.arraycopy(
                bounds, place * RECORD_LONGS, bounds, (place + 1) * RECORD_LONGS, (end - place) * RECORD_LONGS);
        end++;
        leaves[place] = new Leaf(end - first == 1 ? FEW_RECORDS : LEAF_RECORDS);
        setBound(place, key, sub, value);
    }

    private void setBound(int place, long key, long sub, long value) {
        bounds[place * RECORD_LONGS] = key;
        bounds[place * RECORD_LONGS + 1] = sub;
        bounds[place * RECORD_LONGS + 2] = value;
    }

    /** Moves the directory to its beginning, into a larger one where it is more than half full. */
    private void makeRoom() {
        int used = end - first;
        int capacity = used > leaves.length / 2 ? leaves.length * 2 : leaves.length;
        leaves = Arrays.copyOf(Arrays.copyOfRange(leaves, first, end), capacity);
        bounds = Arrays.copyOf(
                Arrays.copyOfRange(bounds, first * RECORD_LONGS, end * RECORD_LONGS), capacity * RECORD_LONGS);
        first = 0;
        end = used;
    }
}

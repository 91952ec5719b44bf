package io.millrace.broker.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Values by word: a hash array mapped trie (Bagwell: Ideal Hash Trees, 2001), 32 ways wide. What is looked up may be a
 * part of a text, and is not copied. Words that somebody has made with one hash are kept in a tree, so that they cost
 * the logarithm of their number. Immutable; any thread.
 */
final class WordMap<V> {
    private static final int BITS = 5;
    private static final int HASH_BITS = 32;
    private static final WordMap<Object> EMPTY = new WordMap<>(0, new Object[0]);

    /** Which of the 32 slots are taken. */
    private final int taken;
    /** What is in them: an {@link Entry}, a {@link WordMap}, or at the end of the hash a {@link TreePMap}. */
    private final Object[] slots;

    private record Entry<V>(String word, int hash, V value) {}

    private WordMap(int taken, Object[] slots) {
        this.taken = taken;
        this.slots = slots;
    }

    @SuppressWarnings("unchecked")
    static <V> WordMap<V> empty() {
        return (WordMap<V>) EMPTY;
    }

    boolean isEmpty() {
        return slots.length == 0;
    }

    /** The hash of a part of {@code text}. */
    static int hash(String text, int from, int to) {
        int hash = 0;
        for (int at = from; at < to; at++) {
            hash = 31 * hash + text.charAt(at);
        }
        hash = (hash ^ (hash >>> 16)) * 0x85EBCA6B;
        hash = (hash ^ (hash >>> 13)) * 0xC2B2AE35;
        return hash ^ (hash >>> 16);
    }

    private static int hash(String word) {
        return hash(word, 0, word.length());
    }

    @Nullable
    V get(String word) {
        return get(word, 0, word.length(), hash(word));
    }

    /** The value of a part of {@code text}, whose hash is {@code hash}. */
    @Nullable
    @SuppressWarnings("unchecked")
    V get(String text, int from, int to, int hash) {
        WordMap<V> map = this;
        for (int shift = 0; ; shift += BITS) {
            int bit = bit(hash, shift);
            if ((map.taken & bit) == 0) {
                return null;
            }
            Object slot = map.slots[map.index(bit)];
            if (slot instanceof WordMap) {
                map = (WordMap<V>) slot;
            } else if (slot instanceof Entry<?> entry) {
                return entry.hash == hash && isPart(entry.word, text, from, to) ? (V) entry.value : null;
            } else {
                return ((TreePMap<String, V>) slot).get(text.substring(from, to));
            }
        }
    }

    private static boolean isPart(String word, String text, int from, int to) {
        return word.length() == to - from && text.startsWith(word, from);
    }

    private static int bit(int hash, int shift) {
        return 1 << ((hash >>> shift) & ((1 << BITS) - 1));
    }

    private int index(int bit) {
        return Integer.bitCount(taken & (bit - 1));
    }

    /** This with {@code value} for {@code word}. */
    WordMap<V> plus(String word, V value) {
        return plus(new Entry<>(word, hash(word), value), 0);
    }

    @SuppressWarnings("unchecked")
    private WordMap<V> plus(Entry<V> added, int shift) {
        int bit = bit(added.hash, shift);
        int index = index(bit);
        if ((taken & bit) == 0) {
            return inserted(bit, index, atEnd(shift) ? TreePMap.singleton(added.word, added.value) : added);
        }
        Object slot = slots[index];
        if (slot instanceof WordMap) {
            return replaced(index, ((WordMap<V>) slot).plus(added, shift + BITS));
        }
        if (slot instanceof Entry<?> there) {
            if (there.hash == added.hash && there.word.equals(added.word)) {
                return replaced(index, added);
            }
            WordMap<V> both = WordMap.<V>empty().plus((Entry<V>) there, shift + BITS);
            return replaced(index, both.plus(added, shift + BITS));
        }
        return replaced(index, ((TreePMap<String, V>) slot).plus(added.word, added.value));
    }

    /** Whether the hash has no more bits behind those at {@code shift}. */
    private static boolean atEnd(int shift) {
        return shift + BITS >= HASH_BITS;
    }

    /** This without {@code word}. */
    WordMap<V> minus(String word) {
        return minus(word, hash(word), 0);
    }

    @SuppressWarnings("unchecked")
    private WordMap<V> minus(String word, int hash, int shift) {
        int bit = bit(hash, shift);
        if ((taken & bit) == 0) {
            return this;
        }
        int index = index(bit);
        Object slot = slots[index];
        if (slot instanceof WordMap) {
            WordMap<V> below = ((WordMap<V>) slot).minus(word, hash, shift + BITS);
            if (below.isEmpty()) {
                return removed(bit, index);
            }
            Object only = below.slots.length == 1 && below.slots[0] instanceof Entry ? below.slots[0] : below;
            return replaced(index, only);
        }
        if (slot instanceof Entry<?> there) {
            return there.word.equals(word) ? removed(bit, index) : this;
        }
        TreePMap<String, V> less = ((TreePMap<String, V>) slot).minus(word);
        return less.isEmpty() ? removed(bit, index) : replaced(index, less);
    }

    private WordMap<V> inserted(int bit, int index, Object slot) {
        Object[] more = new Object[slots.length + 1];
        System.arraycopy(slots, 0, more, 0, index);
        more[index] = slot;
        System.arraycopy(slots, index, more, index + 1, slots.length - index);
        return new WordMap<>(taken | bit, more);
    }

    private WordMap<V> replaced(int index, Object slot) {
        if (slots[index] == slot) {
            return this;
        }
        Object[] changed = slots.clone();
        changed[index] = slot;
        return new WordMap<>(taken, changed);
    }

    private WordMap<V> removed(int bit, int index) {
        Object[] less = Arrays.copyOf(slots, slots.length - 1);
        System.arraycopy(slots, index + 1, less, index, less.length - index);
        return less.length == 0 ? empty() : new WordMap<>(taken & ~bit, less);
    }
}

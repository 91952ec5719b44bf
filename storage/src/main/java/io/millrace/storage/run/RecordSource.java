package io.millrace.storage.run;

/**
 * Sorted records, one after the other. {@link #key}, {@link #sub} and {@link #value} are the current one; where the
 * source is not {@link #exact}, they are a bound that none of the records still to come is below.
 */
abstract class RecordSource {
    long key;
    long sub;
    long value;
    boolean exact;

    /** Goes on behind the current record, which must be exact; returns false at the end. */
    abstract boolean advance();

    final void set(long newKey, long newSub, long newValue) {
        key = newKey;
        sub = newSub;
        value = newValue;
    }

    final int compareTo(long otherKey, long otherSub, long otherValue) {
        return RecordOrder.compare(key, sub, value, otherKey, otherSub, otherValue);
    }

    /** Whether the current record is this one for certain. */
    final boolean isAt(long otherKey, long otherSub, long otherValue) {
        return exact && key == otherKey && sub == otherSub && value == otherValue;
    }

    /**
     * Whether this one must be looked at first. A bound comes before a record that is equal to it: that record may be
     * behind the bound as well, and is to be taken from both.
     */
    final boolean isBefore(RecordSource other) {
        int order = compareTo(other.key, other.sub, other.value);
        return order < 0 || (order == 0 && !exact && other.exact);
    }

    /** Makes the bound the smallest one behind the current record; returns false where there is none. */
    final boolean boundBehind() {
        exact = false;
        if (value != Long.MAX_VALUE) {
            value++;
            return true;
        }
        value = Long.MIN_VALUE;
        if (sub != Long.MAX_VALUE) {
            sub++;
            return true;
        }
        sub = Long.MIN_VALUE;
        key++;
        return key != Long.MIN_VALUE;
    }
}

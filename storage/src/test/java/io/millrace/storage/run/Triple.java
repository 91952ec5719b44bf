package io.millrace.storage.run;

/** A record, as an object, for models. */
record Triple(long key, long sub, long value) implements Comparable<Triple> {
    @Override
    public int compareTo(Triple other) {
        return RecordOrder.compare(key, sub, value, other.key, other.sub, other.value);
    }
}

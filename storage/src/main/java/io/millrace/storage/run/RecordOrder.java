package io.millrace.storage.run;

/** The order of records: by key, then sub, then value, each signed. */
final class RecordOrder {
    private RecordOrder() {}

    static int compare(long key, long sub, long value, long otherKey, long otherSub, long otherValue) {
        if (key != otherKey) {
            return key < otherKey ? -1 : 1;
        }
        if (sub != otherSub) {
            return sub < otherSub ? -1 : 1;
        }
        return Long.compare(value, otherValue);
    }
}

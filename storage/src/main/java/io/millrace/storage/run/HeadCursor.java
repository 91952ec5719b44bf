package io.millrace.storage.run;

/**
 * A place in a {@link SortedRecords}; always {@link #exact} but at the end. On the thread that owns the records, or on
 * any where they do not change any more.
 */
final class HeadCursor extends RecordSource {
    private final SortedRecords records;
    private int leaf;
    private int at;
    private int changes;

    /** Begins at the first record that is not below the smallest there can be; {@link #exact} where there is one. */
    HeadCursor(SortedRecords records) {
        this(records, Long.MIN_VALUE, Long.MIN_VALUE, Long.MIN_VALUE);
    }

    /** Begins at the first record that is not below this one; {@link #exact} where there is one. */
    HeadCursor(SortedRecords records, long key, long sub, long value) {
        this.records = records;
        seek(key, sub, value);
    }

    SortedRecords records() {
        return records;
    }

    @Override
    boolean advance() {
        at++;
        return settle();
    }

    /** Goes behind the last record. */
    void end() {
        leaf = records.endLeaf();
        exact = false;
    }

    /** Finds its place again where records have come or gone. It may have gone on to a later record then. */
    void refresh() {
        if (exact && changes != records.changes()) {
            seek(key, sub, value);
        }
    }

    private void seek(long fromKey, long fromSub, long fromValue) {
        changes = records.changes();
        leaf = records.firstLeaf();
        at = 0;
        if (records.count() > 0) {
            leaf = records.leafOf(fromKey, fromSub, fromValue);
            at = records.leaf(leaf).find(fromKey, fromSub, fromValue);
        }
        settle();
    }

    private boolean settle() {
        while (leaf < records.endLeaf()) {
            SortedRecords.Leaf current = records.leaf(leaf);
            at = Math.max(at, current.from);
            if (at < current.to) {
                set(current.key(at), current.sub(at), current.value(at));
                exact = true;
                return true;
            }
            leaf++;
            at = 0;
        }
        exact = false;
        return false;
    }
}

package io.millrace.storage.run;

/** Asks an {@link OrderedIndex} for the records of one key whose subs lie in a range, which may be a single one. */
public abstract class RangeScan extends IndexScan {
    private final long toSub;
    private final int recordsMax;
    private final RecordList records = new RecordList();

    /**
     * Asks for the records of {@code key} with subs from {@code fromSub} to {@code toSub}, both inclusive: the first
     * {@code recordsMax} of them, 1 or more, and those with the same sub as the last of these.
     */
    protected RangeScan(long key, long fromSub, long toSub, int recordsMax) {
        super(key, fromSub, Long.MIN_VALUE);
        if (fromSub > toSub || recordsMax < 1) {
            throw new IllegalArgumentException("a scan of " + recordsMax + " records from " + fromSub + " to " + toSub);
        }
        this.toSub = toSub;
        this.recordsMax = recordsMax;
    }

    /** What was found, in order. */
    public final RecordList records() {
        return records;
    }

    final long toSub() {
        return toSub;
    }

    @Override
    final boolean mayBeIn(Run run) {
        return run.mayHold(fromKey(), fromSub(), toSub) && run.mayHold(RunFilter.hash(fromKey()));
    }

    @Override
    final boolean endsBefore(long nextKey, long nextSub) {
        int count = records.count();
        return nextKey != fromKey() || nextSub > toSub || (count >= recordsMax && nextSub != records.sub(count - 1));
    }

    @Override
    final void take(long key, long sub, long value) {
        records.add(key, sub, value);
    }
}

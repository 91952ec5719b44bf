package io.millrace.storage.run;

/** Is told of records, one after the other. */
public interface RecordVisitor {
    /** The next record; returns whether to go on. */
    boolean onRecord(long key, long sub, long value);
}

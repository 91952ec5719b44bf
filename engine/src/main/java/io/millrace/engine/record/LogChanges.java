package io.millrace.engine.record;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * What a transaction does to the logs of a shard: which entries are its own, which leased messages it acknowledges.
 * Reused; the loop's.
 */
public final class LogChanges {
    /** Those that were used once are kept for the next transaction. */
    private final List<Change> changes = new ArrayList<>();

    private final Long2ObjectHashMap<Change> byLog = new Long2ObjectHashMap<>();

    private static final class Change {
        final RunWriter entries = new RunWriter();
        final RunWriter acknowledged = new RunWriter();
        final PriorityRuns priorities = new PriorityRuns();
        long logId;
    }

    /** Is told what was read. */
    public interface Reader {
        /** The {@code length} messages from {@code start} on were published. */
        void onPublished(long logId, long start, long length);

        /** The message at {@code offset}, of this priority, was acknowledged. */
        void onAcknowledged(long logId, long offset, int priority);
    }

    /** Forgets all of them. */
    public void clear() {
        byLog.clear();
    }

    /** Adds an entry that was appended. */
    public void addPublished(long logId, long firstOffset, int span) {
        change(logId).entries.addRun(firstOffset, span);
    }

    /** Adds a message that was leased, and has this priority. */
    public void addAcknowledged(long logId, long offset, int priority) {
        Change change = change(logId);
        change.acknowledged.add(offset);
        change.priorities.add(priority);
    }

    private Change change(long logId) {
        Change change = byLog.get(logId);
        if (change == null) {
            if (byLog.size() == changes.size()) {
                changes.add(new Change());
            }
            change = changes.get(byLog.size());
            change.logId = logId;
            change.entries.clear();
            change.acknowledged.clear();
            change.priorities.clear();
            byLog.put(logId, change);
        }
        return change;
    }

    /**
     * Writes the number of logs, then of each its id, the runs published, those acknowledged, and the priorities of the
     * latter.
     */
    void writeTo(ByteBuf target) {
        RecordFormat.putUnsigned(target, byLog.size());
        for (Change each : changes.subList(0, byLog.size())) {
            target.writeLong(each.logId);
            each.entries.writeTo(target);
            each.acknowledged.writeTo(target);
            each.priorities.writeTo(target);
        }
    }

    /** Reads what {@link #writeTo} wrote. */
    public static void read(ByteBuf source, Reader reader) {
        PriorityRuns priorities = new PriorityRuns();
        for (long left = RecordFormat.getUnsigned(source); left > 0; left--) {
            long logId = source.readLong();
            RunWriter.read(source, (start, length) -> reader.onPublished(logId, start, length));
            int runsAt = source.readerIndex();
            RunWriter.read(source, (start, length) -> {});
            priorities.read(source);
            int end = source.readerIndex();
            source.readerIndex(runsAt);
            RunWriter.read(source, (start, length) -> {
                for (long offset = start; offset < start + length; offset++) {
                    reader.onAcknowledged(logId, offset, priorities.next());
                }
            });
            source.readerIndex(end);
        }
    }
}

package io.millrace.storage.segment;

import io.millrace.storage.index.IndexBlock;
import io.millrace.storage.index.IndexCursor;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries of one log that are to go into a segment, in the order of their offsets. Filled by the owner of the log,
 * then handed over to the job that writes them.
 */
public final class RunPlan {
    private final long logId;
    private final List<IndexBlock> blocks = new ArrayList<>();
    private int entries;
    private long bytes;
    private long messages;

    /** Makes an empty plan for log {@code logId}. */
    public RunPlan(long logId) {
        this.logId = logId;
    }

    /** Adds the entry that {@code entry} stands at, {@code needed} messages of which are still needed. */
    public void add(IndexCursor entry, long needed) {
        IndexBlock last = blocks.isEmpty() ? null : blocks.get(blocks.size() - 1);
        if (last == null || last.isFull() || last.segment() != entry.segment()) {
            last = new IndexBlock(entry.segment());
            blocks.add(last);
        }
        last.add(entry.firstOffset(), entry.span(), entry.address(), entry.bytes());
        last.noteTime(entry.latestMillis());
        entries++;
        bytes += entry.bytes();
        messages += needed;
    }

    /** Adds what is in {@code next}, whose entries follow and which is given up. */
    public void addAll(RunPlan next) {
        blocks.addAll(next.blocks);
        entries += next.entries;
        bytes += next.bytes;
        messages += next.messages;
    }

    /** The log. */
    public long logId() {
        return logId;
    }

    /** The entries. */
    List<IndexBlock> blocks() {
        return blocks;
    }

    /** How many entries there are. */
    public int entries() {
        return entries;
    }

    /** The bytes of their records. */
    public long bytes() {
        return bytes;
    }

    /** How many messages of theirs are still needed. */
    public long messages() {
        return messages;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return entries == 0;
    }
}

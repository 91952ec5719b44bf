package io.millrace.engine.record;

import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** The priorities of messages in the order of their leases, as runs of the same one. Reused; the loop's. */
public final class PriorityRuns {
    private int[] priorities = new int[4];
    private long[] counts = new long[4];
    private int size;
    private int at;
    private long left;

    /** Forgets all of them. */
    public void clear() {
        size = 0;
        at = 0;
        left = 0;
    }

    /** The next message has this priority. */
    public void add(int priority) {
        addRun(priority, 1);
    }

    private void addRun(int priority, long count) {
        if (size > 0 && priorities[size - 1] == priority) {
            counts[size - 1] += count;
            return;
        }
        if (size == priorities.length) {
            priorities = Arrays.copyOf(priorities, size * 2);
            counts = Arrays.copyOf(counts, size * 2);
        }
        priorities[size] = priority;
        counts[size] = count;
        size++;
    }

    /** Writes the number of runs, then of each the priority and the length; no runs where all are normal. */
    void writeTo(ByteBuf target) {
        boolean isNormal = size == 1 && priorities[0] == EntryEnvelope.PRIORITY_NORMAL;
        int runs = isNormal ? 0 : size;
        RecordFormat.putUnsigned(target, runs);
        for (int i = 0; i < runs; i++) {
            target.writeInt(priorities[i]);
            RecordFormat.putUnsigned(target, counts[i]);
        }
    }

    /** Reads what {@link #writeTo} wrote, instead of what was there. */
    public void read(ByteBuf source) {
        clear();
        for (long runs = RecordFormat.getUnsigned(source); runs > 0; runs--) {
            addRun(source.readInt(), RecordFormat.getUnsigned(source));
        }
    }

    /**
     * The priority of the next message, from the first on; behind the last, and where there is none, the normal one.
     */
    public int next() {
        while (left == 0) {
            if (at == size) {
                return EntryEnvelope.PRIORITY_NORMAL;
            }
            left = counts[at++];
        }
        left--;
        return priorities[at - 1];
    }
}

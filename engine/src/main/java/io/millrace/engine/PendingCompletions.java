package io.millrace.engine;

import org.jspecify.annotations.Nullable;

/** The completions that wait for the log, in the order of their records: a ring that grows. The loop's. */
final class PendingCompletions {
    private long[] positions = new long[64];
    private @Nullable Completion[] completions = new Completion[64];
    private int head;
    private int size;

    /** Adds {@code completion}, whose record is at {@code position}, behind all others. */
    void add(long position, Completion completion) {
        if (size == positions.length) {
            grow();
        }
        int at = (head + size) & (positions.length - 1);
        positions[at] = position;
        completions[at] = completion;
        size++;
    }

    /** Tells those whose records are below {@code syncedPosition}, in their order; what one throws is no other's. */
    void complete(Shard shard, long syncedPosition) {
        for (Completion next = poll(syncedPosition); next != null; next = poll(syncedPosition)) {
            try {
                next.onSynced(shard);
            } catch (Throwable e) {
                shard.host().onFault(shard, e);
            }
        }
    }

    /** Tells all of them that their records are lost. */
    void lose(Shard shard, Refusal reason) {
        for (Completion next = poll(Long.MAX_VALUE); next != null; next = poll(Long.MAX_VALUE)) {
            try {
                next.onLost(reason);
            } catch (Throwable e) {
                shard.host().onFault(shard, e);
            }
        }
    }

    /** Takes out the first completion if its record is below {@code syncedPosition}. */
    @Nullable
    Completion poll(long syncedPosition) {
        if (size == 0 || positions[head] >= syncedPosition) {
            return null;
        }
        Completion first = completions[head];
        completions[head] = null;
        head = (head + 1) & (positions.length - 1);
        size--;
        return first;
    }

    int size() {
        return size;
    }

    private void grow() {
        int capacity = positions.length;
        long[] newPositions = new long[capacity * 2];
        @Nullable Completion[] newCompletions = new Completion[capacity * 2];
        for (int i = 0; i < size; i++) {
            newPositions[i] = positions[(head + i) & (capacity - 1)];
            newCompletions[i] = completions[(head + i) & (capacity - 1)];
        }
        positions = newPositions;
        completions = newCompletions;
        head = 0;
    }
}

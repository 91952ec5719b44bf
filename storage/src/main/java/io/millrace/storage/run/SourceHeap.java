package io.millrace.storage.run;

import io.millrace.base.Check;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Sources merged: the one with the smallest record, or bound, is on top. A binary heap; not thread-safe. */
final class SourceHeap {
    private @Nullable RecordSource[] sources = new RecordSource[8];
    private int count;

    /** The source to look at first; null where there is none. */
    @Nullable
    RecordSource top() {
        return sources[0];
    }

    void add(RecordSource source) {
        if (count == sources.length) {
            sources = Arrays.copyOf(sources, count * 2);
        }
        int at = count++;
        while (at > 0 && source.isBefore(get((at - 1) / 2))) {
            sources[at] = sources[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        sources[at] = source;
    }

    void remove(RecordSource source) {
        for (int i = 0; i < count; i++) {
            if (sources[i] == source) {
                sources[i] = sources[--count];
                sources[count] = null;
                rebuild();
                return;
            }
        }
    }

    /** Puts everything in order after sources have changed. */
    void rebuild() {
        for (int i = count / 2 - 1; i >= 0; i--) {
            sink(i);
        }
    }

    /** Moves the top behind its current record, or takes it off where that was its last; returns whether it stays. */
    boolean advanceTop() {
        RecordSource top = Check.notNull(sources[0], "a heap without sources is not advanced");
        boolean stays = top.advance();
        if (stays) {
            sink(0);
        } else {
            removeTop();
        }
        return stays;
    }

    /** Tells {@code visitor} of all records, a record that several sources have once; all of them are exact. */
    void visit(RecordVisitor visitor) {
        RecordSource top = sources[0];
        while (top != null) {
            long key = top.key;
            long sub = top.sub;
            long value = top.value;
            if (!visitor.onRecord(key, sub, value)) {
                return;
            }
            while (top != null && top.isAt(key, sub, value)) {
                advanceTop();
                top = sources[0];
            }
        }
    }

    /** Takes off the top. */
    void removeTop() {
        sources[0] = sources[--count];
        sources[count] = null;
        sink(0);
    }

    private void sink(int index) {
        RecordSource sinking = sources[index];
        if (sinking == null) {
            return;
        }
        int at = index;
        while (true) {
            int child = 2 * at + 1;
            if (child >= count) {
                break;
            }
            if (child + 1 < count && get(child + 1).isBefore(get(child))) {
                child++;
            }
            if (!get(child).isBefore(sinking)) {
                break;
            }
            sources[at] = sources[child];
            at = child;
        }
        sources[at] = sinking;
    }

    @SuppressWarnings("NullAway") // below count there is one
    private RecordSource get(int index) {
        return sources[index];
    }
}

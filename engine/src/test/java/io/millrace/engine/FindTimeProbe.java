package io.millrace.engine;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A search for a time of a test, which keeps what it was answered. */
final class FindTimeProbe extends FindTime {
    private int answers;
    private long offset = -1;
    private long foundMillis = -1;
    private @Nullable Refusal refusal;
    private long depth;

    FindTimeProbe(long millis) {
        super(millis);
    }

    int answers() {
        return answers;
    }

    /** The offset of what was found; -1 where nothing was. */
    long offset() {
        return offset;
    }

    long foundMillis() {
        return foundMillis;
    }

    /** How many calls the one that answered was deep in. */
    long depth() {
        return depth;
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    @Override
    protected void onFound(long found, long timestampMillis) {
        answered();
        offset = found;
        foundMillis = timestampMillis;
    }

    @Override
    protected void onNone() {
        answered();
    }

    @Override
    protected void onRefused(Refusal reason) {
        answered();
        refusal = reason;
    }

    private void answered() {
        answers++;
        depth = StackWalker.getInstance().walk(Stream::count);
    }
}

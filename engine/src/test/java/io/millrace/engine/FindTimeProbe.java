package io.millrace.engine;

import org.jspecify.annotations.Nullable;

/** A search for a time of a test, which keeps what it was answered. */
final class FindTimeProbe extends FindTime {
    private int answers;
    private long offset = -1;
    private long foundMillis = -1;
    private @Nullable Refusal refusal;

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

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    @Override
    protected void onFound(long found, long timestampMillis) {
        answers++;
        offset = found;
        foundMillis = timestampMillis;
    }

    @Override
    protected void onNone() {
        answers++;
    }

    @Override
    protected void onRefused(Refusal reason) {
        answers++;
        refusal = reason;
    }
}

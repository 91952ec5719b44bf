package io.millrace.engine;

import org.jspecify.annotations.Nullable;

/** A seek of a test, which keeps what it was answered. */
class SeekProbe extends Seek {
    private long position = -1;
    private int answers;
    private @Nullable Refusal refusal;

    SeekProbe(long fromOffset) {
        super(fromOffset);
    }

    static SeekProbe earliest() {
        return new SeekProbe(EARLIEST);
    }

    static SeekProbe latest() {
        return new SeekProbe(LATEST);
    }

    /** Where the subscription goes on; -1 until it is answered. */
    long position() {
        return position;
    }

    int answers() {
        return answers;
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    @Override
    protected void onPositioned(long offset) {
        answers++;
        position = offset;
    }

    @Override
    protected void onRefused(Refusal reason) {
        answers++;
        refusal = reason;
    }
}

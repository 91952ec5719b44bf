package io.millrace.engine;

import org.jspecify.annotations.Nullable;

/** A purge of a test, which keeps what it was answered. */
class PurgeProbe extends Purge {
    private long purged = -1;
    private int answers;
    private @Nullable Refusal refusal;

    /** How many messages were removed; -1 until it is answered. */
    long purged() {
        return purged;
    }

    int answers() {
        return answers;
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    @Override
    protected void onPurged(long messages) {
        answers++;
        purged = messages;
    }

    @Override
    protected void onRefused(Refusal reason) {
        answers++;
        refusal = reason;
    }
}

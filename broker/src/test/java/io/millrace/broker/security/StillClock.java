package io.millrace.broker.security;

import io.millrace.base.Clock;
import java.time.Duration;

/** A clock that moves when it is told to. */
final class StillClock implements Clock {
    private long nanos = Long.MAX_VALUE - 1_000;

    void advance(Duration duration) {
        nanos += duration.toNanos();
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long epochMillis() {
        return 1_700_000_000_000L;
    }
}

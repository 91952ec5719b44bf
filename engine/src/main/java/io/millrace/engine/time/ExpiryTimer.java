package io.millrace.engine.time;

import io.millrace.base.Clock;
import io.millrace.base.Loop;
import org.jspecify.annotations.Nullable;

/** The one timer of a loop for all deadlines of a wheel: it fires when the next of them is there. The loop's. */
public final class ExpiryTimer {
    private final Clock clock;
    private final Loop loop;
    private final TimerWheel deadlines;
    private final Runnable whenDue;
    private Loop.@Nullable Timer timer;
    private long timerNanos;

    /** Will have {@code whenDue} run on {@code loop} when the next of the {@code deadlines} is there. */
    public ExpiryTimer(Clock clock, Loop loop, TimerWheel deadlines, Runnable whenDue) {
        this.clock = clock;
        this.loop = loop;
        this.deadlines = deadlines;
        this.whenDue = whenDue;
    }

    /** Sees to it that it fires in time; after each turn that may have added a deadline. */
    public void arm() {
        if (deadlines.isEmpty()) {
            return;
        }
        long deadline = deadlines.nextDeadlineNanos();
        Loop.Timer armed = timer;
        if (armed != null) {
            if (timerNanos - deadline <= 0) {
                return;
            }
            armed.cancel();
        }
        timerNanos = deadline;
        timer = loop.schedule(this::fire, Math.max(0, deadline - clock.nanoTime()));
    }

    private void fire() {
        timer = null;
        whenDue.run();
    }
}

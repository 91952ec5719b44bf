package io.millrace.api.http;

import io.millrace.base.Check;
import java.util.concurrent.atomic.AtomicLong;

/** A bound on bytes that are kept at a time, over all connections. Any thread. */
public final class ByteBudget {
    private final long bytesMax;
    private final AtomicLong taken = new AtomicLong();

    /** A budget of {@code bytesMax}. */
    ByteBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Takes {@code bytes} if they are left; returns whether they were. */
    boolean take(long bytes) {
        long before = taken.get();
        while (bytes <= bytesMax - before) {
            if (taken.compareAndSet(before, before + bytes)) {
                return true;
            }
            before = taken.get();
        }
        return false;
    }

    /** Gives back what was taken. */
    void give(long bytes) {
        Check.that(taken.addAndGet(-bytes) >= 0, "no more is given back than was taken");
    }

    /** What is taken now. */
    public long takenBytes() {
        return taken.get();
    }
}

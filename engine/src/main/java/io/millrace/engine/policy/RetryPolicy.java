package io.millrace.engine.policy;

import io.millrace.base.Mix64;
import java.util.concurrent.TimeUnit;

/**
 * When a message comes again whose consumer has failed and does not say when. The delay doubles with each delivery, up
 * to a bound; where that is the first delay, it stays the same. Immutable; any thread.
 *
 * @param delayMillis how long it is kept back after its first delivery; 0: it comes at once, each time
 * @param delayMillisMax how long at most, not less than the first delay
 * @param isRandom whether the delay is drawn evenly from 0 to what it would be, so that messages that have failed
 *     together do not come together again
 */
public record RetryPolicy(long delayMillis, long delayMillisMax, boolean isRandom) {
    /** The longest delay: 36,500 days. */
    public static final long MILLIS_MAX = TimeUnit.DAYS.toMillis(36_500);

    /** Whatever comes back can be delivered again. */
    public static final RetryPolicy AT_ONCE = new RetryPolicy(0, 0, false);

    /** Checks the ranges; an {@link IllegalArgumentException} says which is left. */
    public RetryPolicy {
        if (delayMillis < 0 || delayMillis > MILLIS_MAX) {
            throw new IllegalArgumentException(
                    "retryDelayMillis is 0 to " + MILLIS_MAX + " (36,500 days), not " + delayMillis);
        }
        if (delayMillisMax < delayMillis || delayMillisMax > MILLIS_MAX) {
            throw new IllegalArgumentException("retryDelayMillisMax is retryDelayMillis, " + delayMillis + ", to "
                    + MILLIS_MAX + " (36,500 days), not " + delayMillisMax);
        }
    }

    /**
     * The delay after delivery number {@code deliveries}, from 1 on. {@code draw} decides where it is random: another
     * one for each time.
     */
    public long delayMillis(int deliveries, long draw) {
        int doublings = Math.min(Math.max(0, deliveries - 1), Long.numberOfLeadingZeros(Math.max(1, delayMillis)) - 1);
        long delay = Math.min(delayMillis << doublings, delayMillisMax);
        return isRandom ? Long.remainderUnsigned(Mix64.of(draw), delay + 1) : delay;
    }
}

package io.millrace.engine.policy;

/**
 * Who gets the messages of a queue, and when. Immutable; any thread.
 *
 * @param isSingleActive whether only attached consumers do, one of them at a time
 * @param isPaused whether nobody does for the time being
 * @param resumeMillis when such a pause ends by itself, a date; {@link #NEVER} where it does not
 */
public record ConsumerPolicy(boolean isSingleActive, boolean isPaused, long resumeMillis) {
    /** The pause does not end by itself. */
    public static final long NEVER = 0;

    /** Whoever asks, at any time. */
    public static final ConsumerPolicy ALL = new ConsumerPolicy(false, false, NEVER);

    /** Checks the date; an {@link IllegalArgumentException} says what is wrong with it. */
    public ConsumerPolicy {
        if (resumeMillis < 0 || (!isPaused && resumeMillis != NEVER)) {
            throw new IllegalArgumentException("resumeMillis is the date at which a pause ends, not " + resumeMillis);
        }
    }

    /** Whether nobody gets messages at the date {@code nowMillis}. */
    public boolean isPausedAt(long nowMillis) {
        return isPaused && (resumeMillis == NEVER || nowMillis < resumeMillis);
    }

    /** The same with a single active consumer, or without. */
    public ConsumerPolicy withSingleActive(boolean newSingleActive) {
        return new ConsumerPolicy(newSingleActive, isPaused, resumeMillis);
    }

    /** The same, paused up to a date or {@link #NEVER}. */
    public ConsumerPolicy pausedUntil(long newResumeMillis) {
        return new ConsumerPolicy(isSingleActive, true, newResumeMillis);
    }

    /** The same, not paused. */
    public ConsumerPolicy resumed() {
        return new ConsumerPolicy(isSingleActive, false, NEVER);
    }
}

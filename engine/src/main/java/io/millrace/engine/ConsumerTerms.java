package io.millrace.engine;

import io.millrace.engine.time.TimerWheel;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks for who attaches to a queue as a consumer. Immutable; any thread.
 *
 * @param owner who may receive under it, as the door knows them; a text for people, too
 * @param priority where several consumers wait, those with the highest get messages first; 0 is that of everybody else
 * @param isExclusive whether nobody else is to get messages of the queue while it is attached
 * @param lifeNanos how long it stays attached that neither receives nor is renewed; {@link #UNTIL_DETACHED}
 * @param filter which messages its receives get that do not say it themselves; null for any
 */
public record ConsumerTerms(
        String owner, int priority, boolean isExclusive, long lifeNanos, @Nullable MessageFilter filter) {
    /** It stays attached until it is detached: its door knows when it has gone. */
    public static final long UNTIL_DETACHED = 0;

    /** Those of a consumer that gets any message. */
    public ConsumerTerms(String owner, int priority, boolean isExclusive, long lifeNanos) {
        this(owner, priority, isExclusive, lifeNanos, null);
    }

    /** Checks and bounds the time. */
    public ConsumerTerms {
        if (lifeNanos < 0) {
            throw new IllegalArgumentException("a consumer lives for a time of 0 or more, not " + lifeNanos);
        }
        lifeNanos = Math.min(lifeNanos, TimerWheel.NANOS_MAX);
    }

    /** The same, exclusive. */
    public ConsumerTerms exclusive() {
        return new ConsumerTerms(owner, priority, true, lifeNanos, filter);
    }

    /** The same, for another loop. */
    public ConsumerTerms forOtherLoop() {
        return filter == null
                ? this
                : new ConsumerTerms(owner, priority, isExclusive, lifeNanos, filter.forOtherLoop());
    }
}

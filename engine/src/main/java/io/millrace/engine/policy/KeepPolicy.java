package io.millrace.engine.policy;

import org.jspecify.annotations.Nullable;

/**
 * What keeps the messages of a log: until its subscription has settled them, as those of a queue, or retained for a
 * time and up to a size, whoever has read them.
 *
 * @param isRetained whether it is retained, else a queue
 * @param isUntilSettled of a retained log: whether a message stays, whatever the limits say, until every subscription
 *     of it has settled it
 * @param retentionMillis of a retained log: messages whose timestamps are older go; {@link #UNLIMITED} for no limit
 * @param retentionBytes of a retained log: the oldest go that are not needed for so many bytes; {@link #UNLIMITED} for
 *     no limit
 * @param latestPerKey of a retained log: how superseded messages go before that; null where they do not
 */
public record KeepPolicy(
        boolean isRetained,
        boolean isUntilSettled,
        long retentionMillis,
        long retentionBytes,
        @Nullable LatestPerKey latestPerKey) {
    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** That of a queue. */
    public static final KeepPolicy UNTIL_SETTLED = new KeepPolicy(false, true, UNLIMITED, UNLIMITED, null);

    /** Checks the limits. */
    public KeepPolicy {
        if (retentionMillis < 0 || retentionBytes < 0) {
            throw new IllegalArgumentException("messages are retained for 0 milliseconds and 0 bytes or more");
        }
    }

    /** One that retains for {@code millis} and up to about {@code bytes}, whichever ends first. */
    public static KeepPolicy retained(long millis, long bytes) {
        return new KeepPolicy(true, false, millis, bytes, null);
    }

    /** The same where of messages with the same key only the latest is kept. */
    public KeepPolicy withLatestPerKey(LatestPerKey policy) {
        return new KeepPolicy(isRetained, isUntilSettled, retentionMillis, retentionBytes, policy);
    }

    /** The same where a message stays until every subscription has settled it, even if it would go by its age. */
    public KeepPolicy untilSettled() {
        return new KeepPolicy(isRetained, true, retentionMillis, retentionBytes, latestPerKey);
    }
}

package io.millrace.engine.policy;

import org.jspecify.annotations.Nullable;

/**
 * What keeps the messages of a log: until its subscription has settled them, as those of a queue, or retained for a
 * time and up to a size, whoever has read them.
 *
 * @param isRetained whether it is retained, else a queue
 * @param isUntilSettled of a retained log: whether a message stays longer than the retention says, until every
 *     subscription of it has settled it
 * @param retentionMillis of a retained log: messages whose timestamps are older go; {@link #UNLIMITED} for no limit
 * @param retentionBytes of a retained log: the oldest go that are not needed for so many bytes; {@link #UNLIMITED} for
 *     no limit
 * @param unsettledMillis of such a one: messages whose timestamps are older go although not settled; {@link #UNLIMITED}
 * @param unsettledBytes of such a one: for how many bytes messages stay that are not settled; {@link #UNLIMITED}
 * @param latestPerKey of a retained log: how superseded messages go before that; null where they do not
 */
public record KeepPolicy(
        boolean isRetained,
        boolean isUntilSettled,
        long retentionMillis,
        long retentionBytes,
        long unsettledMillis,
        long unsettledBytes,
        @Nullable LatestPerKey latestPerKey) {
    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** That of a queue. */
    public static final KeepPolicy UNTIL_SETTLED =
            new KeepPolicy(false, true, UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED, null);

    /** Checks the limits. */
    public KeepPolicy {
        if (retentionMillis < 0 || retentionBytes < 0 || unsettledMillis < 0 || unsettledBytes < 0) {
            throw new IllegalArgumentException("messages are retained for 0 milliseconds and 0 bytes or more");
        }
    }

    /** One that retains for {@code millis} and up to about {@code bytes}, whichever ends first. */
    public static KeepPolicy retained(long millis, long bytes) {
        return new KeepPolicy(true, false, millis, bytes, UNLIMITED, UNLIMITED, null);
    }

    /** The same where of messages with the same key only the latest is kept. */
    public KeepPolicy withLatestPerKey(LatestPerKey policy) {
        return new KeepPolicy(
                isRetained, isUntilSettled, retentionMillis, retentionBytes, unsettledMillis, unsettledBytes, policy);
    }

    /**
     * The same where a message that would go stays until every subscription has settled it, but only for {@code millis}
     * after its timestamp and as long as the log has no more than about {@code bytes}.
     */
    public KeepPolicy untilSettled(long millis, long bytes) {
        return new KeepPolicy(isRetained, true, retentionMillis, retentionBytes, millis, bytes, latestPerKey);
    }

    /** The same however long that takes and however much that is. */
    public KeepPolicy untilSettled() {
        return untilSettled(UNLIMITED, UNLIMITED);
    }
}

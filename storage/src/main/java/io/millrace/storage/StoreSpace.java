package io.millrace.storage;

/**
 * How a store stands with its space.
 *
 * @param usedBytes what it has
 * @param usableBytes what its disk has left; {@link Long#MAX_VALUE} where that is not known
 * @param refusal why no new messages are taken, with figures and what helps; empty where they are taken
 * @param isBehind whether new messages wait until what lives in an old journal file is moved
 */
public record StoreSpace(long usedBytes, long usableBytes, String refusal, boolean isBehind) {
    /** A store that does not know what it has, and takes messages. */
    public static final StoreSpace UNKNOWN = new StoreSpace(0, Long.MAX_VALUE, "", false);

    /** Whether new messages are taken. */
    public boolean hasRoom() {
        return refusal.isEmpty();
    }
}

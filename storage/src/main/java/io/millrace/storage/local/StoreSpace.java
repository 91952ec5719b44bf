package io.millrace.storage.local;

/**
 * How a store stands with its space.
 *
 * @param usedBytes what the data directory has
 * @param usableBytes what its disk has left
 * @param refusal why no new messages are taken, with figures and what helps; empty where they are taken
 * @param isBehind whether new messages wait until what lives in an old journal file is moved
 */
public record StoreSpace(long usedBytes, long usableBytes, String refusal, boolean isBehind) {
    /** Whether new messages are taken. */
    public boolean hasRoom() {
        return refusal.isEmpty();
    }
}

package io.millrace.broker;

/**
 * The engine's id of a message: the place where it was first stored. Kept as long as the message lives, whatever queue
 * it is moved to.
 *
 * @param logId the log
 * @param offset the offset in it
 */
public record MessageId(long logId, long offset) {
    /** As clients see it. */
    @Override
    public String toString() {
        return logId + "-" + offset;
    }
}

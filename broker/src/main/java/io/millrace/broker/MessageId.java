package io.millrace.broker;

/**
 * The engine's id of a message: the place where it was first stored. Kept as long as the message lives, whatever queue
 * it is moved to.
 *
 * @param logId the log
 * @param offset the offset in it
 */
public record MessageId(long logId, long offset) {
    /** Writes the id of the message at {@code offset} of log {@code logId} as clients see it. */
    public static void write(long logId, long offset, StringBuilder target) {
        target.append(logId).append('-').append(offset);
    }

    /** As clients see it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        write(logId, offset, text);
        return text.toString();
    }
}

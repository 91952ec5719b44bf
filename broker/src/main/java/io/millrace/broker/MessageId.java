package io.millrace.broker;

import org.jspecify.annotations.Nullable;

/**
 * The engine's id of a message: the place where it was first stored. Kept as long as the message lives, whatever queue
 * it is moved to.
 *
 * @param logId the log
 * @param offset the offset in it
 */
public record MessageId(long logId, long offset) {
    private static final int DIGITS_MAX = 18;

    /** Reads an id as clients see it; null where the text is none. */
    public static @Nullable MessageId parse(String text) {
        int hyphen = text.indexOf('-');
        if (!isNumber(text, 0, hyphen) || !isNumber(text, hyphen + 1, text.length())) {
            return null;
        }
        return new MessageId(Long.parseLong(text, 0, hyphen, 10), Long.parseLong(text, hyphen + 1, text.length(), 10));
    }

    private static boolean isNumber(String text, int from, int to) {
        return to > from
                && to - from <= DIGITS_MAX
                && text.chars().skip(from).limit(to - from).allMatch(digit -> digit >= '0' && digit <= '9');
    }

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

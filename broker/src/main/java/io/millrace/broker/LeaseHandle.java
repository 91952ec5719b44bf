package io.millrace.broker;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A lease as clients without a connection name it: log, offset and token, each in hexadecimal. The token alone decides
 * whether it lives. None of the three is negative.
 *
 * @param logId the log of the message
 * @param offset the offset of the message
 * @param token the token of the lease
 */
public record LeaseHandle(long logId, long offset, long token) {
    private static final int DIGITS_MAX = 16;
    /** As many as {@link Long#MAX_VALUE} has. */
    private static final int FENCING_DIGITS = 19;

    /** Reads a handle; null where the text is none. */
    public static @Nullable LeaseHandle parse(String text) {
        int first = text.indexOf('-');
        int second = text.indexOf('-', first + 1);
        if (!isNumber(text, 0, first)
                || !isNumber(text, first + 1, second)
                || !isNumber(text, second + 1, text.length())) {
            return null;
        }
        return new LeaseHandle(
                HexFormat.fromHexDigitsToLong(text, 0, first),
                HexFormat.fromHexDigitsToLong(text, first + 1, second),
                HexFormat.fromHexDigitsToLong(text, second + 1, text.length()));
    }

    private static boolean isNumber(String text, int from, int to) {
        if (to <= from || to - from > DIGITS_MAX) {
            return false;
        }
        for (int at = from; at < to; at++) {
            char digit = text.charAt(at);
            if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
                return false;
            }
        }
        return to - from < DIGITS_MAX || text.charAt(from) < '8';
    }

    /**
     * The token as the one who works on the message passes it on, so that whoever held it before can be refused: in
     * decimal, always 19 digits, so that texts compare as the numbers do. Of a queue it only grows.
     */
    public String fencingToken() {
        String digits = Long.toString(token);
        return "0".repeat(FENCING_DIGITS - digits.length()) + digits;
    }

    /** As clients see it. */
    @Override
    public String toString() {
        return Long.toHexString(logId) + "-" + Long.toHexString(offset) + "-" + Long.toHexString(token);
    }
}

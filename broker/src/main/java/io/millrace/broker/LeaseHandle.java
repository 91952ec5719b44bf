package io.millrace.broker;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A lease as clients without a connection name it: log, offset and token, each in hexadecimal. The token alone decides
 * whether it lives.
 *
 * @param logId the log of the message
 * @param offset the offset of the message
 * @param token the token of the lease
 */
public record LeaseHandle(long logId, long offset, long token) {
    private static final int DIGITS_MAX = 15;

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
        return true;
    }

    /** As clients see it. */
    @Override
    public String toString() {
        return Long.toHexString(logId) + "-" + Long.toHexString(offset) + "-" + Long.toHexString(token);
    }
}

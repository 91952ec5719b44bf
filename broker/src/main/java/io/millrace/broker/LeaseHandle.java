package io.millrace.broker;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Pattern TEXT = Pattern.compile("([0-9a-f]{1,15})-([0-9a-f]{1,15})-([0-9a-f]{1,15})");

    /** Reads a handle; null where the text is none. */
    public static @Nullable LeaseHandle parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        return new LeaseHandle(
                Long.parseLong(matcher.group(1), 16),
                Long.parseLong(matcher.group(2), 16),
                Long.parseLong(matcher.group(3), 16));
    }

    /** As clients see it. */
    @Override
    public String toString() {
        return Long.toHexString(logId) + "-" + Long.toHexString(offset) + "-" + Long.toHexString(token);
    }
}

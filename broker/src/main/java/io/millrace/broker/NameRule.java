package io.millrace.broker;

import org.jspecify.annotations.Nullable;

/**
 * What a name of anything in the broker may be: 1 to {@value #NAME_BYTES_MAX} bytes of UTF-8 without control characters
 * (Unicode category Cc: U+0000 to U+001F, U+007F to U+009F) and without unpaired surrogates, which UTF-8 cannot carry;
 * {@code .} and {@code ..} are refused because URL paths swallow them.
 *
 * <p>Names are compared byte by byte: nothing is folded, trimmed or normalised. A name that one door cannot spell is
 * absent from that door, it is not refused here.
 *
 * <p>Stateless; any thread.
 */
public final class NameRule {
    public static final int NAME_BYTES_MAX = 255;

    /** Names a subscription of a topic where a queue is named: {@code topic::subscription}. */
    public static final String SUBSCRIPTION_MARK = "::";

    private NameRule() {}

    /**
     * Returns {@code name} if it is a good one.
     *
     * @param what what is named, as the message's first words: {@code "queue name"}
     * @throws IllegalArgumentException says what is wrong and where; never repeats the name, which may be hostile
     */
    public static String check(String what, String name) {
        String fault = fault(name);
        if (fault != null) {
            throw new IllegalArgumentException(what + " " + fault);
        }
        return name;
    }

    /**
     * Returns {@code name} if something can be made of that name which stores messages: it does not have {@value
     * #SUBSCRIPTION_MARK}, which stands between the name of a topic and that of one of its subscriptions.
     *
     * @param what what is named, as the message's first words
     * @throws IllegalArgumentException says what is wrong and where
     */
    public static String checkStore(String what, String name) {
        check(what, name);
        int mark = name.indexOf(SUBSCRIPTION_MARK);
        if (mark >= 0) {
            throw new IllegalArgumentException(what + " has " + SUBSCRIPTION_MARK + " at position " + mark
                    + ", which stands between a topic and a subscription");
        }
        return name;
    }

    /** What is wrong with {@code name}, in words that follow "the name", or null where it is a good one. */
    public static @Nullable String fault(String name) {
        if (name.isEmpty()) {
            return "is empty";
        }
        if (name.equals(".") || name.equals("..")) {
            return "is a dot segment, which URL paths cannot carry";
        }
        return faultInCharacters(name);
    }

    private static @Nullable String faultInCharacters(String name) {
        int bytes = 0;
        for (int at = 0; at < name.length(); at += Character.charCount(name.codePointAt(at))) {
            int point = name.codePointAt(at);
            if (Character.getType(point) == Character.CONTROL) {
                return String.format("has the control character U+%04X at position %d", point, at);
            }
            if (Character.getType(point) == Character.SURROGATE) {
                return "has an unpaired surrogate at position " + at;
            }
            bytes += bytesOf(point);
            if (bytes > NAME_BYTES_MAX) {
                return "is longer than " + NAME_BYTES_MAX + " bytes of UTF-8";
            }
        }
        return null;
    }

    private static int bytesOf(int point) {
        if (point < 0x80) {
            return 1;
        }
        if (point < 0x800) {
            return 2;
        }
        return point < 0x10000 ? 3 : 4;
    }
}

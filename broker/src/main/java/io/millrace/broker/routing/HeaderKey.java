package io.millrace.broker.routing;

import java.util.Base64;

/**
 * Texts for what a header can be asked for: that it is there, or that it has this value and type. Two are the same if
 * and only if they ask for the same. Stateless; any thread.
 */
final class HeaderKey {
    private HeaderKey() {}

    static String presence(String name) {
        return "p" + name;
    }

    /** Of a value as headers of messages have them. A whole number and a number are different types. */
    static String value(String name, Object value) {
        return "v" + name.length() + ":" + name + typed(value);
    }

    private static String typed(Object value) {
        if (value instanceof String text) {
            return "s" + text;
        }
        if (value instanceof Long number) {
            return "l" + number;
        }
        if (value instanceof Double number) {
            return "d" + (number == 0 ? 0.0 : number); // the two zeros are equal
        }
        if (value instanceof Boolean flag) {
            return "b" + flag;
        }
        return "x" + Base64.getEncoder().encodeToString((byte[]) value);
    }
}

package io.millrace.server.logging;

/** Makes a line, its end included, of an event; any thread. */
@FunctionalInterface
interface LineFormat {
    /** Longer messages are cut: what clients send may end up in them. */
    int MESSAGE_CHARS_MAX = 16 << 10;

    int ERROR_CHARS_MAX = 64 << 10;

    String format(LogLine line);

    static LineFormat of(LogFormat format) {
        return switch (format) {
            case TEXT -> new TextLineFormat();
            case JSON -> new JsonLineFormat();
        };
    }

    static String cut(String text, int charsMax) {
        return text.length() <= charsMax ? text : text.substring(0, charsMax) + "...";
    }
}

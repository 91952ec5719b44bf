package io.millrace.server.config;

/** Text of a user inside a message: short, and without characters that would change the terminal or the line. */
final class Shown {
    private static final int CHARS_MAX = 80;

    private Shown() {}

    static String of(String text) {
        String cut = text.length() > CHARS_MAX ? text.substring(0, CHARS_MAX) + "..." : text;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}

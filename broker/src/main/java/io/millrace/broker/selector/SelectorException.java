package io.millrace.broker.selector;

/** A text is no selector. The message says where, what was expected there and what was found. */
public final class SelectorException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_CHARS_MAX = 40;

    private final int position;
    private final String expected;
    private final String found;

    SelectorException(int position, String expected, String found) {
        super("at character " + position + ": expected " + expected + ", found " + shown(found));
        this.position = position;
        this.expected = expected;
        this.found = shown(found);
    }

    /** Which character of the text is wrong, counted from 1; that behind the last one where the text ends too early. */
    public int position() {
        return position;
    }

    /** What could have been there. */
    public String expected() {
        return expected;
    }

    /** What is there, cut short and on one line. */
    public String found() {
        return found;
    }

    private static String shown(String text) {
        int end = text.offsetByCodePoints(0, Math.min(SHOWN_CHARS_MAX, text.codePointCount(0, text.length())));
        StringBuilder clean = new StringBuilder();
        text.substring(0, end).codePoints().forEach(each -> clean.appendCodePoint(isPlain(each) ? each : '?'));
        return end < text.length() ? clean + "..." : clean.toString();
    }

    /** Whether it can be shown in one line: no control, no line or paragraph separator, no half of a pair. */
    private static boolean isPlain(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}

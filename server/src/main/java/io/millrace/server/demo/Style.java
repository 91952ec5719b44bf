package io.millrace.server.demo;

import java.util.Locale;
import java.util.Map;

/**
 * The signs and colours that a terminal can show. Immutable; any thread.
 *
 * @param full a piece of a bar that is done
 * @param empty a piece of a bar that is not
 * @param over in front of what is over
 * @param running in front of what runs
 * @param colours whether there are colours
 */
record Style(String full, String empty, String over, String running, boolean colours) {
    private static final Style BLOCKS = new Style("\u2588", "\u2591", "\u2713", "\u25b8", true);
    private static final Style ASCII = new Style("#", "-", "*", ">", true);
    private static final String END = "\u001b[0m";

    /** What fits to the character set that the environment names. */
    static Style of(Map<String, String> environment, boolean colours) {
        String locale = environment.getOrDefault(
                "LC_ALL", environment.getOrDefault("LC_CTYPE", environment.getOrDefault("LANG", "")));
        boolean utf8 = locale.toUpperCase(Locale.ROOT).replace("-", "").contains("UTF8");
        Style style = utf8 ? BLOCKS : ASCII;
        return new Style(style.full, style.empty, style.over, style.running, colours);
    }

    String bold(String text) {
        return coloured("1", text);
    }

    String dim(String text) {
        return coloured("2", text);
    }

    String good(String text) {
        return coloured("32", text);
    }

    String bad(String text) {
        return coloured("31", text);
    }

    private String coloured(String code, String text) {
        return colours ? "\u001b[" + code + "m" + text + END : text;
    }

    /** A bar of {@code width} pieces, {@code share} of them full. */
    String bar(double share, int width) {
        int done = (int) Math.round(share * width);
        return good(full.repeat(done)) + dim(empty.repeat(width - done));
    }
}

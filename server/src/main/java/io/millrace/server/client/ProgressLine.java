package io.millrace.server.client;

import java.io.PrintWriter;

/** A line on a terminal that is written over again and again; nothing where nobody watches. One thread. */
public final class ProgressLine {
    private static final String BEGIN = "\r";
    private static final String CLEAR_TO_END = "\u001b[K";

    private final PrintWriter errors;
    private final Terminal terminal;
    private int shown;

    /** A line on {@code errors}, which leads to {@code terminal}. */
    public ProgressLine(PrintWriter errors, Terminal terminal) {
        this.errors = errors;
        this.terminal = terminal;
    }

    /** Writes {@code text} over what is shown. */
    public void show(String text) {
        if (terminal.errors()) {
            String line = text.length() < terminal.columns() ? text : text.substring(0, terminal.columns() - 1);
            errors.print(
                    BEGIN + line + (terminal.styled() ? CLEAR_TO_END : " ".repeat(Math.max(0, shown - line.length()))));
            errors.flush();
            shown = line.length();
        }
    }

    /** Takes the line away, so that something else can be written in its place. */
    public void clear() {
        if (shown > 0) {
            show("");
            errors.print(BEGIN);
            errors.flush();
            shown = 0;
        }
    }
}

package io.millrace.server.demo;

import io.millrace.server.client.Numbers;
import java.util.ArrayList;
import java.util.List;

/** The lines that show how far the demo is. Draws nothing; immutable; any thread. */
final class Screen {
    private static final int NAME_COLUMNS = 13;
    private static final int COUNT_COLUMNS = 23;
    private static final int RATE_COLUMNS = 10;
    private static final int TIME_COLUMNS = 9;
    private static final int BAR_COLUMNS_MAX = 32;
    private static final int BAR_COLUMNS_MIN = 8;

    private final Style style;
    private final int columns;

    Screen(Style style, int columns) {
        this.style = style;
        this.columns = columns;
    }

    /** Lines that are no wider than the terminal, apart from what colours them. */
    List<String> lines(Progress progress, long nowNanos) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        for (Phase.View phase : progress.phases(nowNanos)) {
            lines.add(line(phase));
            if (phase.name().equals("work") && phase.state() == Phase.State.RUNNING) {
                progress.processes().forEach(each -> lines.add(style.dim(cut("      " + each))));
            }
        }
        return lines;
    }

    private String line(Phase.View phase) {
        String name = pad(phase.name(), NAME_COLUMNS);
        return switch (phase.state()) {
            case WAITING -> style.dim("   " + name);
            case RUNNING -> " " + style.good(style.running()) + " " + style.bold(name) + measure(phase);
            case OVER ->
                " " + style.good(style.over()) + " " + name + (phase.note().isEmpty() ? measure(phase) : note(phase));
        };
    }

    private String measure(Phase.View phase) {
        String time = right(Numbers.time(phase.time()), TIME_COLUMNS);
        if (phase.total() == 0) {
            return pad(
                            phase.done() == 0 ? "" : Numbers.count(phase.done()),
                            barColumns() + COUNT_COLUMNS + RATE_COLUMNS)
                    + time;
        }
        String count = right(Numbers.count(phase.done()) + " of " + Numbers.count(phase.total()), COUNT_COLUMNS);
        String rate = right(Numbers.count(Math.round(phase.perSecond())) + "/s", RATE_COLUMNS);
        return style.bar(phase.share(), barColumns()) + count + rate + time;
    }

    private String note(Phase.View phase) {
        int width = barColumns() + COUNT_COLUMNS + RATE_COLUMNS;
        String note =
                phase.note().length() <= width ? phase.note() : phase.note().substring(0, width);
        return pad(note, width) + right(Numbers.time(phase.time()), TIME_COLUMNS);
    }

    private int barColumns() {
        int left = columns - 1 - 3 - NAME_COLUMNS - COUNT_COLUMNS - RATE_COLUMNS - TIME_COLUMNS;
        return Math.max(BAR_COLUMNS_MIN, Math.min(BAR_COLUMNS_MAX, left));
    }

    /** As much of {@code line} as fits. */
    String cut(String line) {
        return line.length() < columns ? line : line.substring(0, columns - 1);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(1, width - text.length())) + text;
    }
}

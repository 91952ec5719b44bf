package io.millrace.server.client;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns: the first column to the left, the others, which are numbers, to the right. One thread. */
public final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    /** A table without rows. */
    public Table(List<String> headings) {
        rows.add(headings);
    }

    /** Adds a row with as many cells as there are headings. */
    public Table row(List<String> cells) {
        if (cells.size() != rows.get(0).size()) {
            throw new IllegalArgumentException(cells.size() + " cells under " + rows.get(0));
        }
        rows.add(cells);
        return this;
    }

    /** Writes it, a line a row. */
    public void print(PrintWriter output) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int at = 0; at < widths.length; at++) {
                widths[at] = Math.max(widths[at], row.get(at).length());
            }
        }
        for (List<String> row : rows) {
            output.println(line(row, widths));
        }
    }

    private static String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (int at = 0; at < widths.length; at++) {
            String blank = " ".repeat(widths[at] - row.get(at).length());
            line.append(at == 0 ? "" : GAP).append(at == 0 ? row.get(at) + blank : blank + row.get(at));
        }
        return line.toString().stripTrailing();
    }
}

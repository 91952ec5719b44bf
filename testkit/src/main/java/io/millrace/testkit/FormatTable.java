package io.millrace.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A table of a page under docs/formats, for tests that hold page and code together. */
public final class FormatTable {
    private static final Path PAGES = Path.of("../docs/formats");

    private final List<String[]> rows;

    private FormatTable(List<String[]> rows) {
        this.rows = rows;
    }

    /** The table of {@code page} whose first column has the title {@code title}. */
    public static FormatTable of(String page, String title) throws IOException {
        List<String> lines = Files.readAllLines(PAGES.resolve(page));
        String head = "| " + title + " |";
        List<String> table = lines.stream()
                .dropWhile(line -> !line.startsWith(head))
                .takeWhile(line -> line.startsWith("|"))
                .toList();
        if (table.size() < 3) {
            throw new AssertionError(page + " has no table that begins with " + head);
        }
        return new FormatTable(table.subList(2, table.size()).stream()
                .map(line -> line.substring(1).split("\\|"))
                .toList());
    }

    /** The rows below the head, each as the texts of its cells. */
    public List<List<String>> rows() {
        return rows.stream()
                .map(row -> Arrays.stream(row).map(String::strip).toList())
                .toList();
    }

    /** First column to the number in column {@code column}, from 0, in the order of the page. */
    public Map<String, Integer> numbers(int column) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (String[] row : rows) {
            numbers.put(row[0].strip(), Integer.parseInt(row[column].strip()));
        }
        return numbers;
    }

    /** Checks that each field begins where the one before ends; returns where the last one ends. */
    public int assertContiguous() {
        int end = 0;
        for (String[] row : rows) {
            if (Integer.parseInt(row[1].strip()) != end) {
                throw new AssertionError(row[0].strip() + " does not begin at " + end);
            }
            end += Integer.parseInt(row[2].strip());
        }
        return end;
    }
}

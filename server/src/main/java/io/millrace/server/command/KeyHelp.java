package io.millrace.server.command;

import io.millrace.server.config.Key;
import io.millrace.server.config.Schema;
import java.util.ArrayList;
import java.util.List;

/** The part of {@code serve --help} that lists every configuration key. */
final class KeyHelp {
    private static final String INDENT = "      ";
    private static final int WIDTH = 78;

    private KeyHelp() {}

    static String[] lines() {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("Keys, with their defaults: in the YAML file, in environment variables");
        lines.add("(doors.http.port is MILLRACE_DOORS_HTTP_PORT) or as --set KEY=VALUE.");
        lines.add("Variables win over the file, flags over both.");
        for (Key<?> key : Schema.keys()) {
            lines.add("  " + key.name() + " = " + key.defaultShown());
            lines.addAll(wrapped(key.description() + " (" + key.form() + ")"));
        }
        return lines.stream().map(line -> line.replace("%", "%%")).toArray(String[]::new);
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        var line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (INDENT.length() + line.length() + word.length() > WIDTH) {
                lines.add(INDENT + line.toString().stripTrailing());
                line.setLength(0);
            }
            line.append(word).append(' ');
        }
        lines.add(INDENT + line.toString().stripTrailing());
        return lines;
    }
}

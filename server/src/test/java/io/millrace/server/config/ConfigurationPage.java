package io.millrace.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The text of {@code docs/configuration.md}, made from the schema. */
final class ConfigurationPage {
    private static final Map<String, String> SECTIONS = new LinkedHashMap<>();

    static {
        SECTIONS.put("data", "Data");
        SECTIONS.put("doors", "Doors");
        SECTIONS.put("limits", "Limits");
        SECTIONS.put("queues", "Queues");
        SECTIONS.put("storage", "Storage");
        SECTIONS.put("log", "Log");
        SECTIONS.put("shutdown", "Shutdown");
    }

    private static final String INTRODUCTION =
            """
            # Configuration

            Millrace runs without any configuration. What you want different, you set in one or more of these places; a
            later one wins over an earlier one:

            1. **A YAML file**, named with `millrace serve --config FILE`. Keys may be nested or dotted:

               ```yaml
               data:
                 directory: /var/lib/millrace
               doors:
                 http:
                   port: 9080
               limits.message-bytes: 1MiB
               ```

            2. **Environment variables**: `MILLRACE_`, then the key in capitals with `_` for every dot and dash.
               `doors.http.port` is `MILLRACE_DOORS_HTTP_PORT`.
            3. **Flags**: `--set KEY=VALUE`, as often as you like (the later one wins), and `--data DIR` for
               `data.directory`, `--storage KIND` for `storage.kind`, `--zookeeper SERVERS` for
               `storage.bookkeeper.zookeeper`.

            A key or variable that does not exist stops the start and is named, with the key that was probably meant; so
            does a value that its key cannot have. All problems are told at once, those in a file with their line.

            Values carry their unit: sizes `B`, `KiB`, `MiB`, `GiB`, `TiB` (1 KiB is 1024 B), durations `ms`, `s`, `m`,
            `h`, `d`. A relative path starts from the working directory of the process. `millrace serve \
            --help` shows the
            same keys.

            `--free-ports` opens every door on a free port of 127.0.0.1, whatever its keys say. These variables are not
            keys: `MILLRACE_HOME` (where the launcher finds Millrace), `MILLRACE_OPTS` (further options for \
            the JVM), and
            `MILLRACE_URL`, `MILLRACE_USER`, `MILLRACE_PASSWORD` (which broker the other commands speak to, \
            and as whom).

            **Memory** is set where the process starts: `millrace serve --heap 1GiB`, else what the options for the \
            JVM say
            (`-Xmx` and its like in `MILLRACE_OPTS`, `JAVA_TOOL_OPTIONS` or `JDK_JAVA_OPTIONS`), else 40 % of what \
            the machine
            or the container has. Buffers outside the heap get half as much again; leave the rest to the page cache.
            What is read of the index of old messages stays in a 32nd of the heap, for all queues together (at most \
            in twice
            as much). With a heap of 1 GiB that is enough for more than ten million messages of one size.
            """;

    private ConfigurationPage() {}

    static String text() {
        Map<String, List<Key<?>>> sections = Schema.keys().stream()
                .collect(Collectors.groupingBy(Key::section, LinkedHashMap::new, Collectors.toList()));
        var text = new StringBuilder(INTRODUCTION);
        sections.forEach((section, keys) -> {
            String title = SECTIONS.get(section);
            if (title == null) {
                throw new IllegalStateException("the section '" + section + "' has no title");
            }
            text.append("\n## ").append(title).append("\n\n| key | value | default | meaning |\n|---|---|---|---|\n");
            keys.forEach(key -> text.append("| `" + key.name() + "` | " + key.form() + " | " + shownDefault(key) + " | "
                    + key.description() + " |\n"));
        });
        return text.toString();
    }

    private static String shownDefault(Key<?> key) {
        return key.defaultShown().equals(key.defaultText()) ? "`" + key.defaultText() + "`" : key.defaultShown();
    }
}

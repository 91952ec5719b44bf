package io.millrace.server.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/**
 * Turns the events of one YAML document into settings with dotted names. Maps of maps of plain values are all that a
 * configuration needs, so lists, aliases, tags and further documents are refused where they are met; nothing nests
 * deeper than {@value #DEPTH_MAX}, nothing is expanded, and the stack does not grow with the input.
 *
 * <p>One instance per file, used by one thread.
 */
final class YamlEvents {
    private static final int DEPTH_MAX = 16;

    private final String fileName;
    private final List<RawSetting> settings = new ArrayList<>();
    private final Map<String, Integer> linesByName = new HashMap<>();
    /** The keys that lead to the map being read, outermost first. */
    private final Deque<String> path = new ArrayDeque<>();

    /** Whether the next scalar is a value, whose key is the last of {@link #path}. */
    private boolean keyRead;

    private int depth;
    private int documents;

    YamlEvents(String fileName) {
        this.fileName = fileName;
    }

    List<RawSetting> settings() {
        return settings;
    }

    void accept(Event event) {
        if (event instanceof NodeEvent node) {
            acceptNode(node);
        } else if (event instanceof MappingEndEvent) {
            depth--;
            path.pollLast();
            keyRead = false;
        } else if (event instanceof DocumentStartEvent && ++documents > 1) {
            throw refused(event, "a second document begins here; a configuration is one");
        }
    }

    private void acceptNode(NodeEvent event) {
        if (event instanceof AliasEvent) {
            throw refused(event, "an alias (*) stands here; write the value itself");
        }
        if (isTagged(event)) {
            throw refused(event, "a tag (!) stands here; write the value alone");
        }
        boolean isKey = depth > 0 && !keyRead;
        if (event instanceof ScalarEvent scalar) {
            acceptScalar(scalar, isKey);
        } else if (event instanceof MappingStartEvent && !isKey) {
            if (++depth > DEPTH_MAX) {
                throw refused(event, "maps are nested too deep here");
            }
            keyRead = false;
        } else {
            throw refused(
                    event,
                    (event instanceof SequenceStartEvent ? "a list" : "a map") + " stands where a value belongs");
        }
    }

    private void acceptScalar(ScalarEvent event, boolean isKey) {
        if (isKey) {
            path.addLast(event.getValue());
            keyRead = true;
            return;
        }
        if (depth == 0) {
            if (isEmpty(event)) {
                return;
            }
            throw refused(event, "a single value stands where keys belong");
        }
        add(String.join(".", path), event);
        path.removeLast();
        keyRead = false;
    }

    private void add(String name, ScalarEvent event) {
        int line = line(event);
        Integer before = linesByName.putIfAbsent(name, line);
        if (before != null) {
            throw refused(event, "'" + Shown.of(name) + "' was already set in line " + before);
        }
        settings.add(new RawSetting(name, isEmpty(event) ? "" : event.getValue(), fileName + ":" + line));
    }

    private static boolean isTagged(NodeEvent event) {
        if (event instanceof ScalarEvent scalar) {
            return scalar.getTag().isPresent();
        }
        return event instanceof CollectionStartEvent collection
                && collection.getTag().isPresent();
    }

    /** YAML's null, which here means a value that was left out. */
    private static boolean isEmpty(ScalarEvent event) {
        return event.isPlain() && Stream.of("", "~", "null").anyMatch(event.getValue()::equals);
    }

    private static int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private IllegalArgumentException refused(Event event, String reason) {
        return new IllegalArgumentException(fileName + ":" + line(event) + ": " + reason);
    }
}

package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.base.ByteSize;
import io.millrace.base.Durations;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A topic as people read it, from what the API answers about it. Stateless; any thread. */
final class TopicText {
    private TopicText() {}

    static void print(JsonNode topic, PrintWriter output) {
        JsonNode settings = topic.path("settings");
        line(output, "name", topic.path("name").asText());
        line(output, "space", topic.path("space").asText());
        line(
                output,
                "created",
                Instant.ofEpochMilli(topic.path("createdMillis").asLong()).toString());
        line(output, "keeps", kept(settings));
        line(
                output,
                "messageBytesMax",
                Numbers.count(settings.path("messageBytesMax").asLong()));
        line(
                output,
                "deduplicationMillis",
                Numbers.count(settings.path("deduplicationMillis").asLong()));
        output.println();
        var table = new Table(List.of("PARTITION", "EARLIEST", "END", "BYTES"));
        for (JsonNode each : topic.path("stats")) {
            table.row(List.of(
                    Numbers.count(each.path("partition").asLong()),
                    Numbers.count(each.path("earliestOffset").asLong()),
                    Numbers.count(each.path("endOffset").asLong()),
                    Numbers.bytes(each.path("bytes").asLong())));
        }
        table.print(output);
    }

    /** What a topic with these settings keeps, in words. */
    static String kept(JsonNode settings) {
        List<String> words = new ArrayList<>();
        if (settings.path("compacted").asBoolean()) {
            words.add("latest of each key");
        }
        if (settings.has("retentionMillis")) {
            words.add(Durations.print(
                    Duration.ofMillis(settings.path("retentionMillis").asLong())));
        }
        if (settings.has("retentionBytes")) {
            words.add(ByteSize.print(settings.path("retentionBytes").asLong()) + " a partition");
        }
        if (settings.path("keepUnsettled").asBoolean() && !words.isEmpty()) {
            words.add(unsettled(settings));
        }
        return words.isEmpty() ? "everything" : String.join(", ", words);
    }

    private static String unsettled(JsonNode settings) {
        StringBuilder text = new StringBuilder("longer until settled");
        if (settings.has("unsettledMillis")) {
            text.append(", at most ")
                    .append(Durations.print(
                            Duration.ofMillis(settings.path("unsettledMillis").asLong())));
        }
        if (settings.has("unsettledBytes")) {
            text.append(", at most ")
                    .append(ByteSize.print(settings.path("unsettledBytes").asLong()))
                    .append(" a partition");
        }
        return text.toString();
    }

    private static void line(PrintWriter output, String name, String value) {
        output.printf("%-19s %s%n", name, value);
    }
}

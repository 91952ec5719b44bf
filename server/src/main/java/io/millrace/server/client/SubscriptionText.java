package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;

/** A subscription as people read it, from what the API answers about it. Stateless; any thread. */
final class SubscriptionText {
    private SubscriptionText() {}

    static void print(JsonNode subscription, PrintWriter output) {
        line(output, "name", subscription.path("name").asText());
        line(output, "topic", subscription.path("topic").asText());
        line(output, "kind", subscription.path("kind").asText());
        if (subscription.has("filter")) {
            line(output, "filter", subscription.path("filter").asText());
        }
        line(
                output,
                "created",
                Instant.ofEpochMilli(subscription.path("createdMillis").asLong())
                        .toString());
        subscription.path("settings").properties().forEach(each -> line(output, each.getKey(), value(each.getValue())));
        output.println();
        var table = new Table(List.of("PARTITION", "POSITION", "END", "READY", "LEASED", "DELAYED", "DEAD"));
        for (JsonNode each : subscription.path("stats")) {
            table.row(List.of(
                    count(each, "partition"),
                    count(each, "position"),
                    count(each, "endOffset"),
                    count(each, "ready"),
                    count(each, "leased"),
                    count(each, "delayed"),
                    count(each, "dead")));
        }
        table.print(output);
    }

    private static String count(JsonNode stats, String name) {
        return Numbers.count(stats.path(name).asLong());
    }

    private static String value(JsonNode value) {
        return value.isNumber() ? Numbers.count(value.asLong()) : value.asText();
    }

    private static void line(PrintWriter output, String name, String value) {
        output.printf("%-19s %s%n", name, value);
    }
}

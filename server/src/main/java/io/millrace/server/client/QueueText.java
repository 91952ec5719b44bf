package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;

/** A queue as people read it, from what the API answers about it. Stateless; any thread. */
final class QueueText {
    private QueueText() {}

    /** How many messages are in the queue, whoever holds them. */
    static long messages(JsonNode queue) {
        JsonNode stats = queue.path("stats");
        return stats.path("ready").asLong()
                + stats.path("leased").asLong()
                + stats.path("delayed").asLong()
                + stats.path("damaged").asLong()
                + stats.path("dead").asLong();
    }

    static void print(JsonNode queue, PrintWriter output) {
        line(output, "name", queue.path("name").asText());
        line(output, "space", queue.path("space").asText());
        line(
                output,
                "created",
                Instant.ofEpochMilli(queue.path("createdMillis").asLong()).toString());
        if (queue.path("paused").asBoolean()) {
            line(output, "paused", paused(queue));
        }
        printAll(queue.path("settings"), output);
        printAll(queue.path("stats"), output);
    }

    /** Until when a queue is paused that is. */
    static String paused(JsonNode queue) {
        JsonNode resumes = queue.path("resumeMillis");
        return "until " + (resumes.isNumber() ? Instant.ofEpochMilli(resumes.asLong()) : "it is resumed");
    }

    private static void printAll(JsonNode fields, PrintWriter output) {
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            JsonNode value = field.getValue();
            line(output, field.getKey(), value.isNumber() ? Numbers.count(value.asLong()) : value.asText());
        }
    }

    private static void line(PrintWriter output, String name, String value) {
        output.printf("%-19s %s%n", name, value);
    }
}

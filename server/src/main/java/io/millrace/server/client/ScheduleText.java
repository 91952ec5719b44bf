package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;

/** A schedule as people read it, from what the API answers about it. Stateless; any thread. */
final class ScheduleText {
    private static final String MILLIS = "Millis";

    private ScheduleText() {}

    /** When it is due. */
    static String timing(JsonNode schedule) {
        return schedule.has("cron")
                ? schedule.path("cron").asText() + " "
                        + schedule.path("timeZone").asText()
                : "every "
                        + Duration.ofMillis(schedule.path("everyMillis").asLong())
                                .toString()
                                .substring(2)
                                .toLowerCase(Locale.ROOT);
    }

    /** Where it publishes to. */
    static String target(JsonNode schedule) {
        if (schedule.has("queue")) {
            return "queue " + schedule.path("queue").asText();
        }
        if (schedule.has("topic")) {
            return "topic " + schedule.path("topic").asText();
        }
        String key = schedule.path("routingKey").asText();
        return "exchange " + schedule.path("exchange").asText() + (key.isEmpty() ? "" : " " + key);
    }

    /** A moment in the time zone of the schedule; a dash where there is none. */
    static String moment(JsonNode schedule, String field) {
        if (!schedule.has(field)) {
            return "-";
        }
        Instant moment = Instant.ofEpochMilli(schedule.path(field).asLong());
        try {
            ZoneId zone = ZoneId.of(schedule.path("timeZone").asText("Z"));
            return moment.atZone(zone).toOffsetDateTime().toString();
        } catch (DateTimeException e) {
            return moment.atOffset(ZoneOffset.UTC).toString(); // a zone that only the broker knows
        }
    }

    static void print(JsonNode schedule, PrintWriter output) {
        for (Map.Entry<String, JsonNode> field : schedule.properties()) {
            String name = field.getKey();
            if (name.equals("everyMillis")) {
                line(output, "timing", timing(schedule));
            } else if (name.endsWith(MILLIS)) {
                line(output, name.substring(0, name.length() - MILLIS.length()), moment(schedule, name));
            } else if (name.equals("message")) {
                field.getValue().properties().forEach(each -> line(output, each.getKey(), text(each.getValue())));
            } else {
                line(output, name, text(field.getValue()));
            }
        }
    }

    private static String text(JsonNode value) {
        return value.isObject() ? value.toString() : value.asText();
    }

    private static void line(PrintWriter output, String name, String value) {
        output.printf("%-19s %s%n", name, value);
    }
}

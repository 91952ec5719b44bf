package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Why messages were not delivered any more, as people read it. Stateless; any thread. */
final class DeathText {
    private DeathText() {}

    /** The id of {@code message}, its state where it has one, then its deaths, the latest first. */
    static List<String> lines(ReceivedMessage message) {
        List<String> lines = new ArrayList<>();
        String state = message.text("state");
        lines.add("  message " + message.id() + (state.isEmpty() ? "" : ", " + state));
        message.json().path("deaths").forEach(each -> lines.add("  " + line(each)));
        return lines;
    }

    private static String line(JsonNode death) {
        int count = death.path("count").asInt();
        int deliveries = death.path("deliveryCount").asInt();
        String error = death.path("error").asText("");
        return "queue " + death.path("queue").asText() + ": "
                + reason(death.path("reason").asText())
                + (count == 1 ? "" : " " + count + " times, last")
                + " at " + Instant.ofEpochMilli(death.path("lastMillis").asLong())
                + " after " + (deliveries == 1 ? "1 delivery" : Numbers.count(deliveries) + " deliveries")
                + (error.isEmpty() ? "" : ": " + error.replaceAll("\\p{Cntrl}", " "));
    }

    private static String reason(String reason) {
        return switch (reason) {
            case "deliveries" -> "delivered as often as is allowed";
            case "overflow" -> "there were too many";
            default -> reason;
        };
    }
}

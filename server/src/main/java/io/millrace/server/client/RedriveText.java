package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;

/** Redrives as people read them, from what the API answers about them. Stateless; any thread. */
final class RedriveText {
    private RedriveText() {}

    static boolean isRunning(JsonNode redrive) {
        return redrive.path("state").asText().equals("running");
    }

    static boolean isDone(JsonNode redrive) {
        return redrive.path("state").asText().equals("done");
    }

    /** How far it is. */
    static String progress(JsonNode redrive) {
        String error = redrive.path("error").asText("");
        return "moved " + Numbers.count(redrive.path("moved").asLong()) + " of "
                + Numbers.count(redrive.path("total").asLong()) + (error.isEmpty() ? "" : ", waiting: " + error);
    }

    /** What has become of it. */
    static String summary(JsonNode redrive) {
        long passedOver = redrive.path("passedOver").asLong();
        long failed = redrive.path("failed").asLong();
        return "moved " + Numbers.messages(redrive.path("moved").asLong())
                + (passedOver == 0 ? "" : ", passed over " + Numbers.count(passedOver))
                + (failed == 0 ? "" : ", could not read " + Numbers.count(failed));
    }

    static void print(JsonNode redrives, PrintWriter output) {
        var table = new Table(List.of("REDRIVE", "STATE", "MOVED", "PASSED OVER", "UNREADABLE", "TOTAL", "TO"));
        redrives.forEach(each -> table.row(List.of(
                each.path("id").asText(),
                each.path("state").asText(),
                Numbers.count(each.path("moved").asLong()),
                Numbers.count(each.path("passedOver").asLong()),
                Numbers.count(each.path("failed").asLong()),
                Numbers.count(each.path("total").asLong()),
                target(each))));
        table.print(output);
    }

    private static String target(JsonNode redrive) {
        return redrive.has("toTopic")
                ? "topic " + redrive.path("toTopic").asText()
                : redrive.path("to").asText("origin");
    }
}

package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A user as people read them, from what the API answers about them. Stateless; any thread. */
final class UserText {
    static final List<String> HEADINGS =
            List.of("USER", "SPACE", "ADMINISTRATOR", "PASSWORD", "ACCESS KEYS", "STATEMENTS");

    private UserText() {}

    /** Under {@link #HEADINGS}. */
    static List<String> row(JsonNode user) {
        return List.of(
                user.path("name").asText(),
                user.path("space").asText(),
                user.path("administrator").asBoolean() ? "yes" : "no",
                user.path("hasPassword").asBoolean() ? "yes" : "no",
                Numbers.count(user.path("accessKeys").size()),
                Numbers.count(user.path("statements").size()));
    }

    static void print(JsonNode user, PrintWriter output) {
        line(output, "user", user.path("name").asText());
        line(output, "space", user.path("space").asText());
        line(output, "administrator", user.path("administrator").asBoolean() ? "yes" : "no");
        line(output, "password", user.path("hasPassword").asBoolean() ? "set" : "none");
        if (!user.path("tags").isEmpty()) {
            line(output, "tags", String.join(", ", texts(user.path("tags"))));
        }
        for (JsonNode key : user.path("accessKeys")) {
            line(
                    output,
                    "access key",
                    key.path("id").asText() + ", made "
                            + Instant.ofEpochMilli(key.path("createdMillis").asLong()));
        }
        for (JsonNode statement : user.path("statements")) {
            line(output, statement.path("effect").asText(), statement(statement));
        }
    }

    private static String statement(JsonNode statement) {
        JsonNode pattern = statement.path("pattern");
        String kind = pattern.fieldNames().hasNext() ? pattern.fieldNames().next() : "";
        return String.join(", ", texts(statement.path("actions"))) + " on "
                + statement.path("kind").asText() + " "
                + (kind.equals("literal") || kind.equals("glob") ? "" : kind + " ")
                + pattern.path(kind).asText() + " in space "
                + statement.path("space").asText();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private static void line(PrintWriter output, String name, String value) {
        output.printf("%-16s %s%n", name, value);
    }
}

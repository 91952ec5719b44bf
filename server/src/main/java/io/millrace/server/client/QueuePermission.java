package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.ResourceKind;
import java.util.Arrays;
import java.util.List;

/**
 * A permission on queues as the command line spells it, {@code ACTIONS=PATTERN}: {@code publish,consume=orders-*},
 * {@code *=mine}. Immutable; any thread.
 *
 * @param actions the actions' words
 * @param pattern a queue's name, or many names with {@code *} and {@code ?}
 */
record QueuePermission(List<String> actions, String pattern) {
    private static final List<String> ALL = Arrays.stream(Action.values())
            .filter(ResourceKind.QUEUE::takes)
            .map(Action::word)
            .toList();

    /** Reads the text; an {@link IllegalArgumentException} says what is wrong with it. */
    static QueuePermission parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1 || equals == text.length() - 1) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not ACTIONS=PATTERN; write for example publish,consume=orders-*");
        }
        String words = text.substring(0, equals);
        List<String> actions = words.equals("*") ? ALL : List.of(words.split(",", -1));
        for (String action : actions) {
            if (!ALL.contains(action)) {
                throw new IllegalArgumentException("'" + action + "' is none of " + String.join(", ", ALL) + ", *");
            }
        }
        return new QueuePermission(actions, text.substring(equals + 1));
    }

    /** The statement that allows or denies it in {@code space}, as the API takes it. */
    ObjectNode statement(String effect, String space) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("effect", effect);
        ArrayNode words = json.putArray("actions");
        actions.forEach(words::add);
        boolean many = pattern.contains("*") || pattern.contains("?");
        json.put("kind", "queue").put("space", space).putObject("pattern").put(many ? "glob" : "literal", pattern);
        return json;
    }
}

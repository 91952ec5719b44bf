package io.millrace.broker.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;

/**
 * A statement as JSON, in definitions and for doors alike:
 *
 * <pre>{"effect":"allow","actions":["publish","consume"],"kind":"queue","space":"root","pattern":{"prefix":"orders-"}}
 * </pre>
 *
 * {@code space} is a space's name or {@code *}; {@code pattern} has one field, {@code literal}, {@code prefix},
 * {@code glob} or {@code regex}. All fields are required, others are refused.
 *
 * <p>Stateless; any thread.
 */
public final class StatementJson {
    private StatementJson() {}

    public static ObjectNode write(Statement statement) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("effect", statement.effect().word());
        statement.actions().forEach(action -> node.withArray("actions").add(action.word()));
        node.put("kind", statement.kind().word());
        node.put("space", statement.space().text());
        node.putObject("pattern")
                .put(statement.pattern().kind().word(), statement.pattern().text());
        return node;
    }

    /**
     * @param path how messages call the statement
     * @throws MalformedDefinitionException says what is wrong where
     */
    public static Statement read(JsonNode node, String path) {
        JsonFields fields = new JsonFields(node, path);
        Effect effect = word(fields.text("effect"), Effect.values(), Effect::word, path + ".effect");
        List<Action> actions = fields.list("actions", Action.values().length, StatementJson::action);
        ResourceKind kind = word(fields.text("kind"), ResourceKind.values(), ResourceKind::word, path + ".kind");
        String space = fields.text("space");
        SpaceScope scope = fields.made("space", () -> SpaceScope.parse(space));
        NamePattern pattern = pattern(fields.object("pattern"), path + ".pattern");
        return fields.end(() -> new Statement(effect, actions, kind, scope, pattern));
    }

    private static Action action(JsonNode node, String path) {
        return word(JsonFields.textElement(node, path), Action.values(), Action::word, path);
    }

    private static NamePattern pattern(JsonFields fields, String path) {
        PatternKind kind = word(fields.onlyField(), PatternKind.values(), PatternKind::word, path);
        String text = fields.text(kind.word());
        return fields.end(() -> new NamePattern(kind, text));
    }

    private static <E> E word(String text, E[] values, Function<E, String> word, String path) {
        for (E value : values) {
            if (word.apply(value).equals(text)) {
                return value;
            }
        }
        List<String> known = List.of(values).stream().map(word).toList();
        throw new MalformedDefinitionException(path, "none of " + String.join(", ", known));
    }
}

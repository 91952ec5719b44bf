package io.millrace.broker.security;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A user as those see them who look after users: everything but passwords and secrets. {@link UserJson} is the form
 * that is stored.
 *
 * <p>Stateless; any thread.
 */
public final class ShownUserJson {
    private ShownUserJson() {}

    /** The user. */
    public static ObjectNode write(User user) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", user.name())
                .put("space", user.space().value())
                .put("administrator", user.administrator())
                .put("hasPassword", user.password() != null);
        ArrayNode tags = node.putArray("tags");
        user.tags().forEach(tags::add);
        ArrayNode keys = node.putArray("accessKeys");
        user.accessKeys().forEach(key -> keys.add(write(key)));
        ArrayNode statements = node.putArray("statements");
        user.statements().forEach(statement -> statements.add(StatementJson.write(statement)));
        return node;
    }

    /** An access key of theirs. */
    public static ObjectNode write(AccessKey key) {
        return JsonNodeFactory.instance.objectNode().put("id", key.id()).put("createdMillis", key.createdEpochMillis());
    }

    /** An access key at the moment when it is made, the only one at which its secret is shown. */
    public static ObjectNode write(IssuedAccessKey issued) {
        return write(issued.key()).put("secret", issued.secret());
    }
}

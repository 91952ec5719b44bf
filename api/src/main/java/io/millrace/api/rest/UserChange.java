package io.millrace.api.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.http.JsonObject;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.broker.SpaceName;
import io.millrace.broker.security.PasswordVerifiers;
import io.millrace.broker.security.Statement;
import io.millrace.broker.security.StatementJson;
import io.millrace.broker.security.User;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of a user. What it does not say stays as it is. Shows no password. Immutable.
 *
 * @param password in clear
 * @param administrator whether they may do all
 * @param space where they work
 * @param tags their labels
 * @param statements their permissions
 */
record UserChange(
        @Nullable String password,
        @Nullable Boolean administrator,
        @Nullable SpaceName space,
        @Nullable List<String> tags,
        @Nullable List<Statement> statements) {
    static UserChange read(JsonObject fields) {
        UserChange change = new UserChange(
                fields.text("password"),
                fields.flag("administrator"),
                space(fields.text("space")),
                tags(fields),
                statements(fields));
        fields.end();
        return change;
    }

    private static @Nullable SpaceName space(@Nullable String name) {
        try {
            return name == null ? null : new SpaceName(name);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.INVALID_VALUE, "space: " + e.getMessage());
        }
    }

    private static @Nullable List<String> tags(JsonObject fields) {
        List<JsonNode> nodes = fields.list("tags", User.TAGS_MAX);
        if (nodes == null) {
            return null;
        }
        List<String> tags = new ArrayList<>();
        for (JsonNode each : nodes) {
            if (!each.isTextual()) {
                throw new ProblemException(Problem.MALFORMED_JSON, "tags has an element that is not a string");
            }
            tags.add(each.textValue());
        }
        return tags;
    }

    private static @Nullable List<Statement> statements(JsonObject fields) {
        List<JsonNode> nodes = fields.list("statements", User.STATEMENTS_MAX);
        if (nodes == null) {
            return null;
        }
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            statements.add(StatementJson.read(nodes.get(i), "statements[" + i + "]"));
        }
        return statements;
    }

    /** {@code user} with this change; an impossible user is a {@link ProblemException}. */
    User apply(User user, @Nullable PasswordVerifiers verifiers) {
        try {
            User changed = user.withPassword(verifiers);
            changed = administrator == null ? changed : changed.withAdministrator(administrator);
            changed = space == null ? changed : changed.withSpace(space);
            changed = tags == null ? changed : changed.withTags(tags);
            return statements == null ? changed : changed.withStatements(statements);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.INVALID_VALUE, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String toString() {
        return "UserChange[" + (password == null ? "no password" : "a password") + "]";
    }
}

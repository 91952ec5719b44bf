package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.base.Clock;
import io.millrace.broker.BrokerException;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.security.AccessKeyIssuer;
import io.millrace.broker.security.HashingCost;
import io.millrace.broker.security.IssuedAccessKey;
import io.millrace.broker.security.MalformedDefinitionException;
import io.millrace.broker.security.PasswordVerifiers;
import io.millrace.broker.security.ShownUserJson;
import io.millrace.broker.security.Statement;
import io.millrace.broker.security.StatementJson;
import io.millrace.broker.security.User;
import io.millrace.server.command.CommandFailure;
import io.millrace.server.process.FailureReason;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The users in a data directory that no broker uses: whoever may write there may do everything. Takes and answers what
 * the API does. One thread.
 */
final class OfflineUsers implements UserStore {
    private final OfflineBroker broker;
    private final SecureRandom random = new SecureRandom();

    OfflineUsers(OfflineBroker broker) {
        this.broker = broker;
    }

    @Override
    public List<JsonNode> list() {
        List<JsonNode> users = new ArrayList<>();
        catalog().snapshot().users().values().forEach(each -> users.add(ShownUserJson.write(each)));
        return users;
    }

    @Override
    public JsonNode show(String name) {
        return ShownUserJson.write(there(name));
    }

    @Override
    public JsonNode set(String name, ObjectNode change) {
        try {
            String password = change.path("password").textValue();
            @Nullable
            PasswordVerifiers verifiers =
                    password == null ? null : PasswordVerifiers.create(password, HashingCost.RECOMMENDED, random);
            List<Statement> statements = new ArrayList<>();
            change.path("statements").forEach(each -> statements.add(StatementJson.read(each, "statement")));
            return ShownUserJson.write(
                    answer(catalog().putUser(name, user -> apply(change, verifiers, statements, user)))
                            .user());
        } catch (IllegalArgumentException | MalformedDefinitionException e) {
            throw new CommandFailure(FailureReason.of(e), e);
        }
    }

    private static User apply(
            ObjectNode change, @Nullable PasswordVerifiers verifiers, List<Statement> statements, User user) {
        User changed = verifiers == null ? user : user.withPassword(verifiers);
        changed = change.has("statements") ? changed.withStatements(statements) : changed;
        changed = change.has("space")
                ? changed.withSpace(new SpaceName(change.path("space").asText()))
                : changed;
        return change.has("administrator")
                ? changed.withAdministrator(change.path("administrator").asBoolean())
                : changed;
    }

    @Override
    public void delete(String name) {
        answer(catalog().deleteUser(name));
    }

    @Override
    public JsonNode createKey(String name) {
        there(name);
        try {
            IssuedAccessKey issued = new AccessKeyIssuer(broker.seal(), Clock.SYSTEM, random).issue(name);
            answer(catalog().changeUser(name, user -> user.withAccessKey(issued.key())));
            return ShownUserJson.write(issued);
        } catch (IOException e) {
            throw new CommandFailure("the keys that seal secrets cannot be used: " + FailureReason.of(e), e);
        }
    }

    @Override
    public void deleteKey(String name, String id) {
        if (there(name).accessKey(id) == null) {
            throw new CommandFailure("user " + name + " has no access key " + id);
        }
        answer(catalog().changeUser(name, user -> user.withoutAccessKey(id)));
    }

    private User there(String name) {
        User user = catalog().byName(name);
        if (user == null) {
            throw new CommandFailure("there is no user " + name);
        }
        return user;
    }

    private Catalog catalog() {
        return broker.catalog();
    }

    private static <T> T answer(CompletableFuture<T> asked) {
        try {
            return asked.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof BrokerException refused) {
                throw new CommandFailure(FailureReason.of(refused), refused);
            }
            throw e;
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}

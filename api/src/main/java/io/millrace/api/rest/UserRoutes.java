package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.Route;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.IssuedAccessKey;
import io.millrace.broker.security.PasswordVerifiers;
import io.millrace.broker.security.Permissions;
import io.millrace.broker.security.Principal;
import io.millrace.broker.security.ResourceKind;
import io.millrace.broker.security.ShownUserJson;
import io.millrace.broker.security.User;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Users and their access keys. Passwords and secrets go in, or out once; they are never shown again. */
final class UserRoutes {
    private static final String ONE = "/v1/users/{user}";
    private static final String KEYS = "/v1/users/{user}/access-keys";

    private final RestContext context;

    UserRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, "/v1/users", this::list),
                Route.of(HttpMethod.GET, ONE, this::show),
                Route.of(HttpMethod.PUT, ONE, this::set),
                Route.of(HttpMethod.DELETE, ONE, this::delete),
                Route.of(HttpMethod.POST, KEYS, this::issueKey),
                Route.of(HttpMethod.DELETE, KEYS + "/{id}", this::deleteKey));
    }

    private CompletableFuture<HttpResponse> list(Exchange exchange) {
        return exchange.noBody().thenApply(none -> {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode array = body.putArray("users");
            for (User each : context.broker().catalog().snapshot().users().values()) {
                if (permissions().allows(exchange.principal(), Action.DESCRIBE, ResourceKind.USER, each.name())) {
                    array.add(ShownUserJson.write(each));
                }
            }
            return Answers.json(200, body);
        });
    }

    private CompletableFuture<HttpResponse> show(Exchange exchange) {
        String name = exchange.variable("user");
        context.broker().access().require(exchange.principal(), Action.DESCRIBE, ResourceKind.USER, name);
        return exchange.noBody().thenApply(none -> Answers.json(200, ShownUserJson.write(there(name))));
    }

    private CompletableFuture<HttpResponse> set(Exchange exchange) {
        String name = exchange.variable("user");
        Principal principal = exchange.principal();
        User before = context.broker().catalog().byName(name);
        checkMayChange(principal, name, before, before);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            UserChange change = UserChange.read(fields);
            User known = before == null ? named(name) : before;
            checkMayChange(principal, name, before, change.apply(known, known.password()));
            return verifiers(change)
                    .thenCompose(verifiers -> context.broker().catalog().putUser(name, there -> {
                        User after = change.apply(there, verifiers == null ? there.password() : verifiers);
                        checkMayChange(principal, name, there, after);
                        LastAdministrator.check(users(), name, after);
                        return after;
                    }))
                    .thenApply(changed -> Answers.json(200, ShownUserJson.write(changed.user())));
        });
    }

    private static User named(String name) {
        try {
            return User.named(name);
        } catch (IllegalArgumentException e) {
            throw new BrokerException(BrokerError.INVALID, String.valueOf(e.getMessage()));
        }
    }

    /** Hashing takes long: not on this loop. */
    private CompletableFuture<@Nullable PasswordVerifiers> verifiers(UserChange change) {
        String password = change.password();
        if (password == null) {
            return CompletableFuture.completedFuture(null);
        }
        return context.slowWork().run(() -> {
            try {
                return PasswordVerifiers.create(
                        password, context.parts().hashingCost(), context.parts().random());
            } catch (IllegalArgumentException e) {
                throw new BrokerException(BrokerError.INVALID, "password: " + e.getMessage());
            }
        });
    }

    private CompletableFuture<HttpResponse> delete(Exchange exchange) {
        String name = exchange.variable("user");
        Principal principal = exchange.principal();
        checkMayChange(principal, name, context.broker().catalog().byName(name), null);
        return exchange.noBody()
                .thenCompose(none -> context.broker().catalog().deleteUser(name, there -> {
                    checkMayChange(principal, name, there, null);
                    LastAdministrator.check(users(), name, null);
                }))
                .thenApply(deleted -> Answers.empty());
    }

    private CompletableFuture<HttpResponse> issueKey(Exchange exchange) {
        String name = exchange.variable("user");
        Principal principal = exchange.principal();
        checkMayChange(principal, name, context.broker().catalog().byName(name), null);
        return exchange.noBody().thenCompose(none -> {
            there(name);
            IssuedAccessKey issued = context.parts().accessKeys().issue(name);
            return context.broker()
                    .catalog()
                    .changeUser(name, there -> {
                        User after = there.withAccessKey(issued.key());
                        checkMayChange(principal, name, there, after);
                        return after;
                    })
                    .thenApply(changed -> Answers.json(201, ShownUserJson.write(issued)));
        });
    }

    private CompletableFuture<HttpResponse> deleteKey(Exchange exchange) {
        String name = exchange.variable("user");
        String id = exchange.variable("id");
        Principal principal = exchange.principal();
        checkMayChange(principal, name, context.broker().catalog().byName(name), null);
        return exchange.noBody()
                .thenCompose(none -> context.broker().catalog().changeUser(name, there -> {
                    if (there.accessKey(id) == null) {
                        throw new BrokerException(
                                BrokerError.USER_NOT_FOUND, "user " + name + " has no such access key");
                    }
                    User after = there.withoutAccessKey(id);
                    checkMayChange(principal, name, there, after);
                    LastAdministrator.check(users(), name, after);
                    return after;
                }))
                .thenApply(changed -> Answers.empty());
    }

    private User there(String name) {
        User user = context.broker().catalog().byName(name);
        if (user == null) {
            throw new BrokerException(BrokerError.USER_NOT_FOUND, "there is no user " + name);
        }
        return user;
    }

    private Map<String, User> users() {
        return context.broker().catalog().snapshot().users();
    }

    private Permissions permissions() {
        return context.broker().access().permissions();
    }

    /** What is refused is refused before anything is looked up. */
    private void checkMayChange(Principal principal, String name, @Nullable User before, @Nullable User after) {
        boolean administers = permissions().allows(principal, Action.ADMINISTER, ResourceKind.USER, name);
        if (!administers || !permissions().mayChangeUser(principal, before, after)) {
            throw new BrokerException(
                    BrokerError.FORBIDDEN, principal.userName() + " may not change user " + name + " like that");
        }
    }
}

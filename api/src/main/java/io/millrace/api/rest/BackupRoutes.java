package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.http.Route;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.Permissions;
import io.millrace.broker.security.ResourceKind;
import io.millrace.storage.BackupRequest;
import io.millrace.storage.BackupRun;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** Backups that the broker makes while it serves: begun here, looked at, and cancelled. One at a time. */
final class BackupRoutes {
    private static final String ONE = "/v1/backups/{backup}";
    /** So that serving goes on beside a backup, unless somebody wants it otherwise. */
    private static final long BYTES_PER_SECOND = 64L << 20;

    private static final long BYTES_PER_SECOND_MAX = 1L << 40;

    private final RestContext context;

    BackupRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.POST, "/v1/backups", this::begin),
                Route.of(HttpMethod.GET, ONE, this::show),
                Route.of(HttpMethod.DELETE, ONE, this::cancel));
    }

    private CompletableFuture<HttpResponse> begin(Exchange exchange) {
        require(exchange, Action.ADMINISTER);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenApply(fields -> {
            String name = fields.requiredText("name");
            long bytesPerSecond = fields.number("bytesPerSecond", 0, BYTES_PER_SECOND_MAX, BYTES_PER_SECOND);
            fields.end();
            if (bytesPerSecond != 0 && bytesPerSecond < BackupRequest.BYTES_PER_SECOND_MIN) {
                throw new ProblemException(
                        Problem.INVALID_VALUE,
                        "bytesPerSecond is 0, for no bound, or " + BackupRequest.BYTES_PER_SECOND_MIN + " and more");
            }
            return Answers.json(202, json(name, context.parts().backups().begin(name, bytesPerSecond)));
        });
    }

    private CompletableFuture<HttpResponse> show(Exchange exchange) {
        require(exchange, Action.DESCRIBE);
        String name = exchange.variable("backup");
        return exchange.noBody().thenApply(none -> Answers.json(200, json(name, there(name))));
    }

    private CompletableFuture<HttpResponse> cancel(Exchange exchange) {
        require(exchange, Action.ADMINISTER);
        String name = exchange.variable("backup");
        return exchange.noBody().thenApply(none -> {
            BackupRun run = there(name);
            run.cancel();
            return Answers.json(202, json(name, run));
        });
    }

    private BackupRun there(String name) {
        BackupRun run = context.parts().backups().find(name);
        if (run == null) {
            throw new ProblemException(
                    Problem.BACKUP_NOT_FOUND,
                    "the backup that this broker has begun last is not " + name + "; earlier ones are not remembered");
        }
        return run;
    }

    private static ObjectNode json(String name, BackupRun run) {
        BackupRun.Progress progress = run.progress();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("name", name).put("state", progress.state().name().toLowerCase(Locale.ROOT));
        body.put("files", progress.files()).put("filesTotal", progress.filesTotal());
        body.put("bytes", progress.bytes()).put("bytesTotal", progress.bytesTotal());
        if (!progress.error().isEmpty()) {
            body.put("error", progress.error());
        }
        return body;
    }

    private void require(Exchange exchange, Action action) {
        context.broker().access().require(exchange.principal(), action, ResourceKind.BROKER, Permissions.BROKER);
    }
}

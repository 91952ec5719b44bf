package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.http.Route;
import io.millrace.api.metrics.MetricsPage;
import io.millrace.broker.BrokerHealth;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.Permissions;
import io.millrace.broker.security.ResourceKind;
import io.millrace.storage.Damage;
import io.millrace.storage.StoreSpace;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** For those who look after the broker: health, metrics, the level of the log. */
final class OperatorRoutes {
    private static final int DAMAGES_SHOWN_MAX = 100;
    /** The level of a logger that has none of its own. */
    private static final String INHERIT = "inherit";

    private final RestContext context;
    private final MetricsPage metrics;

    OperatorRoutes(RestContext context) {
        this.context = context;
        this.metrics = new MetricsPage(
                context.broker(), context.traffic(), context.limits().metricsQueuesMax());
    }

    List<Route> routes() {
        return List.of(
                Route.open(HttpMethod.GET, "/health/live", this::live),
                Route.open(HttpMethod.GET, "/health/ready", this::ready),
                Route.of(HttpMethod.GET, "/metrics", this::metrics),
                Route.of(HttpMethod.GET, "/v1/log-level", this::logLevels),
                Route.of(HttpMethod.PUT, "/v1/log-level", this::setLogLevel));
    }

    private CompletableFuture<HttpResponse> live(Exchange exchange) {
        return exchange.noBody()
                .thenApply(none ->
                        Answers.json(200, JsonNodeFactory.instance.objectNode().put("live", true)));
    }

    private CompletableFuture<HttpResponse> ready(Exchange exchange) {
        return exchange.noBody().thenApply(none -> {
            BrokerHealth health = context.broker().health();
            if (!health.ready() || context.traffic().isClosing()) {
                String reason = health.ready() ? "shutting down" : health.reason();
                throw new ProblemException(Problem.NOT_READY, reason);
            }
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            StoreSpace space = health.space();
            body.put("ready", true).put("status", space.hasRoom() ? "ready" : "degraded");
            if (!space.hasRoom()) {
                body.put("reason", "publishing is refused: " + space.refusal());
            }
            body.put("hasSpace", space.hasRoom());
            body.put("usedBytes", space.usedBytes()).put("freeBytes", space.usableBytes());
            writeDamages(body, health.damages());
            return Answers.json(200, body);
        });
    }

    private static void writeDamages(ObjectNode body, List<Damage> damages) {
        body.put("damageCount", damages.size());
        ArrayNode array = body.putArray("damages");
        damages.stream().limit(DAMAGES_SHOWN_MAX).forEach(each -> array.addObject()
                .put("file", each.file())
                .put("offset", each.offset())
                .put("bytes", each.bytes())
                .put("reason", each.reason()));
    }

    private CompletableFuture<HttpResponse> metrics(Exchange exchange) {
        require(exchange, Action.DESCRIBE);
        return exchange.noBody()
                .thenCompose(none -> metrics.page())
                .thenApply(page -> Answers.body(MetricsPage.MEDIA_TYPE, page));
    }

    private CompletableFuture<HttpResponse> logLevels(Exchange exchange) {
        require(exchange, Action.DESCRIBE);
        return exchange.noBody().thenApply(none -> Answers.json(200, levels()));
    }

    private CompletableFuture<HttpResponse> setLogLevel(Exchange exchange) {
        require(exchange, Action.ADMINISTER);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenApply(fields -> {
            String logger = fields.requiredText("logger");
            Level level = level(fields.requiredText("level"));
            fields.end();
            try {
                context.parts().logLevels().set(logger, level);
            } catch (IllegalArgumentException e) {
                throw new ProblemException(Problem.INVALID_VALUE, String.valueOf(e.getMessage()));
            }
            return Answers.json(200, levels());
        });
    }

    private static @Nullable Level level(String word) {
        if (word.equals(INHERIT)) {
            return null;
        }
        for (Level each : Level.values()) {
            if (word(each).equals(word)) {
                return each;
            }
        }
        List<String> known =
                Arrays.stream(Level.values()).map(OperatorRoutes::word).toList();
        throw new ProblemException(
                Problem.INVALID_VALUE, "level is none of " + String.join(", ", known) + ", " + INHERIT);
    }

    private ObjectNode levels() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode levels = body.putObject("levels");
        for (Map.Entry<String, Level> each :
                context.parts().logLevels().levels().entrySet()) {
            levels.put(each.getKey(), word(each.getValue()));
        }
        return body;
    }

    private static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private void require(Exchange exchange, Action action) {
        context.broker().access().require(exchange.principal(), action, ResourceKind.BROKER, Permissions.BROKER);
    }
}

package io.millrace.api.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.JsonObject;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.http.Route;
import io.millrace.broker.LeaseHandle;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.security.Action;
import io.millrace.engine.Settlement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ends leases, or makes them longer: up to {@value #LEASES_MAX} of one queue in one request, each with its result. */
final class SettleRoute {
    static final int LEASES_MAX = 5_000;

    private final RestContext context;

    SettleRoute(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(Route.of(HttpMethod.POST, "/v1/queues/{queue}/settle", this::settle));
    }

    private CompletableFuture<HttpResponse> settle(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.CONSUME);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            List<JsonNode> items = fields.list("settle", LEASES_MAX);
            fields.end();
            if (items == null || items.isEmpty()) {
                throw new ProblemException(Problem.MALFORMED_JSON, "settle is missing or empty");
            }
            HttpSettlement settlement = new HttpSettlement(exchange, queue, items.size());
            for (int i = 0; i < items.size(); i++) {
                add(settlement, queue, new JsonObject(items.get(i), "settle[" + i + "]"));
            }
            return settlement.begin(context.broker());
        });
    }

    private void add(HttpSettlement settlement, QueueDefinition queue, JsonObject item) {
        String lease = item.requiredText("lease");
        String action = item.requiredText("action");
        @Nullable LeaseHandle handle = LeaseHandle.parse(lease);
        switch (action) {
            case "acknowledge" -> settlement.add(lease, handle, Settlement.ACKNOWLEDGE, 0);
            case "release" -> settlement.add(lease, handle, Settlement.RELEASE, nanos(item, "delayMillis", 0, 0));
            case "extend" -> {
                long leaseNanos = nanos(item, "leaseMillis", 1, queue.settings().leaseMillis());
                settlement.add(lease, handle, Settlement.EXTEND, leaseNanos);
            }
            default ->
                throw new ProblemException(
                        Problem.INVALID_VALUE, item.at("action") + " is none of acknowledge, release, extend");
        }
        item.end();
    }

    private long nanos(JsonObject item, String field, long least, long otherwise) {
        return TimeUnit.MILLISECONDS.toNanos(
                item.number(field, least, context.limits().times().leaseMillisMax(), otherwise));
    }
}

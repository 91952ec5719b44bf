package io.millrace.api.rest;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.Route;
import io.millrace.broker.ConsumedQueues;
import io.millrace.broker.security.Action;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Ends leases of one queue, or of those of a subscription, or makes them longer: many in one request, each with its
 * result.
 */
final class SettleRoute {
    private final RestContext context;

    SettleRoute(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(Route.of(HttpMethod.POST, "/v1/queues/{queue}/settle", this::settle));
    }

    private CompletableFuture<HttpResponse> settle(Exchange exchange) {
        ConsumedQueues queues = context.consumed(exchange, Action.CONSUME);
        return exchange.jsonBytes(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(body -> {
            HttpSettlement settlement = new HttpSettlement(exchange, queues);
            try {
                long leaseMillisMax = context.limits().times().leaseMillisMax();
                SettleReader.read(body, settlement, queues.settings().leaseMillis(), leaseMillisMax);
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            } finally {
                body.release();
            }
            return settlement.begin(context.broker());
        });
    }
}

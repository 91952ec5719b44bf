package io.millrace.api.rest;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.HttpLimits;
import io.millrace.api.http.JsonObject;
import io.millrace.api.http.Route;
import io.millrace.broker.ConsumedQueues;
import io.millrace.broker.security.Action;
import io.millrace.broker.selector.SelectorFilter;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Messages out of a queue, or of those of a subscription, each under a lease that survives a restart. */
final class ReceiveRoute {
    private static final int MESSAGES = 10;

    private final RestContext context;
    private final Selectors selectors;

    ReceiveRoute(RestContext context, Selectors selectors) {
        this.context = context;
        this.selectors = selectors;
    }

    List<Route> routes() {
        return List.of(Route.of(HttpMethod.POST, "/v1/queues/{queue}/receive", this::receive));
    }

    private CompletableFuture<HttpResponse> receive(Exchange exchange) {
        ConsumedQueues queues = context.consumed(exchange, Action.CONSUME);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> begin(exchange, queues, fields));
    }

    private CompletableFuture<HttpResponse> begin(Exchange exchange, ConsumedQueues queues, JsonObject fields) {
        HttpLimits limits = context.limits();
        long most = Math.min(MESSAGES, limits.answers().messagesMax());
        int messagesMax = (int) fields.number("max", 1, limits.answers().messagesMax(), most);
        long waitMillis = fields.number("waitMillis", 0, limits.times().waitMillisMax(), 0);
        long leaseMillis = fields.number(
                "leaseMillis",
                1,
                limits.times().leaseMillisMax(),
                queues.settings().leaseMillis());
        String consumer = fields.text("consumer");
        SelectorFilter selector = selectors.filter(fields);
        fields.end();
        exchange.allowMillis(waitMillis + limits.times().requestMillisMax());
        HttpReceive receive = new HttpReceive(
                exchange,
                context.broker(),
                queues,
                messagesMax,
                limits.answers().bytesMax(),
                leaseMillis,
                waitMillis);
        if (consumer != null) {
            receive.by(ConsumerRoutes.number(consumer), exchange.principal().userName());
        }
        if (selector != null) {
            receive.matching(selector);
        }
        return receive.answer();
    }
}

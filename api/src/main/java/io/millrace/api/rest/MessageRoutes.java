package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.HttpLimits;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.http.Route;
import io.millrace.broker.BrokerException;
import io.millrace.broker.ConsumedQueues;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.security.Action;
import io.millrace.broker.selector.Selector;
import io.millrace.engine.Peek;
import io.millrace.engine.Purge;
import io.millrace.engine.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A look at the messages of a queue that disturbs nothing, and their removal. */
final class MessageRoutes {
    private static final int PEEKED = 10;

    private final RestContext context;
    private final Selectors selectors;

    MessageRoutes(RestContext context, Selectors selectors) {
        this.context = context;
        this.selectors = selectors;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, "/v1/queues/{queue}/messages", this::peek)
                        .withQuery("state", "from", "limit", "filter"),
                Route.of(HttpMethod.POST, "/v1/queues/{queue}/purge", this::purge));
    }

    private CompletableFuture<HttpResponse> peek(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.PEEK);
        HttpLimits limits = context.limits();
        long from = RestContext.number(exchange, "from", 0, Long.MAX_VALUE, 0);
        long otherwise = Math.min(PEEKED, limits.answers().messagesMax());
        int most =
                (int) RestContext.number(exchange, "limit", 1, limits.answers().messagesMax(), otherwise);
        int bytesMax = limits.answers().bytesMax();
        Peek.State only = state(exchange);
        String filter = RestContext.text(exchange, "filter");
        if (!filter.isEmpty()) {
            FilteredPeek.Bounds bounds = new FilteredPeek.Bounds(from, most, bytesMax, only);
            Selector selector = selectors.compiled("query parameter filter", filter);
            FilteredPeek filtered = new FilteredPeek(exchange, context.broker(), queue, selector, bounds);
            return exchange.noBody().thenCompose(none -> filtered.begin());
        }
        HttpPeek peek = new HttpPeek(exchange, queue, from, most, bytesMax, only);
        return exchange.noBody().thenCompose(none -> {
            context.broker().peek(queue, peek);
            return peek.answer();
        });
    }

    private static Peek.@Nullable State state(Exchange exchange) {
        String wanted = exchange.query("state");
        if (wanted == null) {
            return null;
        }
        for (Peek.State each : Peek.State.values()) {
            if (word(each).equals(wanted)) {
                return each;
            }
        }
        List<String> known =
                Arrays.stream(Peek.State.values()).map(MessageRoutes::word).toList();
        throw new ProblemException(
                Problem.INVALID_VALUE, "query parameter state is none of " + String.join(", ", known));
    }

    static String word(Peek.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private CompletableFuture<HttpResponse> purge(Exchange exchange) {
        ConsumedQueues queues = context.consumed(exchange, Action.PURGE);
        return exchange.noBody().thenCompose(none -> {
            CompletableFuture<Long> sum = CompletableFuture.completedFuture(0L);
            for (QueueDefinition each : queues.now()) {
                sum = sum.thenCombine(purge(each), Long::sum);
            }
            return sum.thenApply(purged ->
                    Answers.json(200, JsonNodeFactory.instance.objectNode().put("purged", purged)));
        });
    }

    private CompletableFuture<Long> purge(QueueDefinition queue) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        context.broker().purge(queue, new Purge() {
            @Override
            protected void onPurged(long messages) {
                done.complete(messages);
            }

            @Override
            protected void onRefused(Refusal reason) {
                done.completeExceptionally(BrokerException.refused(reason, queue.name()));
            }
        });
        return done;
    }
}

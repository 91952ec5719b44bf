package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerException;
import io.millrace.broker.LeaseHandle;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.Refusal;
import io.millrace.engine.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A settlement whose answer has a result for each lease, in the order of the request. Answered on the shard's loop. */
final class HttpSettlement extends Settlement {
    /** The lease does not live any more: it ran out, was settled, or its queue was made anew. */
    private static final String LEASE_LOST = "lease_lost";
    /** It never was a lease of this queue. */
    private static final String LEASE_INVALID = "lease_invalid";

    private static final int NOT_ASKED = -1;

    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final QueueDefinition queue;
    private final List<String> leases = new ArrayList<>();
    /** For each lease its place among those that the engine is asked about, or {@link #NOT_ASKED}. */
    private final List<Integer> places = new ArrayList<>();

    HttpSettlement(QueueDefinition queue) {
        this.queue = queue;
    }

    /** Adds what is to be done with a lease. */
    void add(String lease, @Nullable LeaseHandle handle, byte action, long argumentNanos) {
        leases.add(lease);
        if (handle == null || handle.logId() != queue.logId()) {
            places.add(NOT_ASKED);
        } else {
            places.add(size());
            add(handle.offset(), handle.token(), action, argumentNanos);
        }
    }

    CompletableFuture<HttpResponse> begin(Broker broker) {
        if (size() == 0) {
            onSettled();
        } else {
            broker.settle(queue, this);
        }
        return answer;
    }

    @Override
    protected void onSettled() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode results = body.putArray("results");
        for (int i = 0; i < leases.size(); i++) {
            int place = places.get(i);
            boolean done = place != NOT_ASKED && isDone(place);
            ObjectNode result = results.addObject().put("lease", leases.get(i)).put("done", done);
            if (!done) {
                result.put("error", place == NOT_ASKED ? LEASE_INVALID : LEASE_LOST);
            }
        }
        answer.complete(Answers.json(200, body));
    }

    @Override
    protected void onRefused(Refusal reason) {
        answer.completeExceptionally(
                BrokerException.refused(reason, queue.queue().name().value()));
    }
}

package io.millrace.api.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.JsonBuffer;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerException;
import io.millrace.broker.ConsumedQueues;
import io.millrace.broker.LeaseHandle;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.Refusal;
import io.millrace.engine.Settlement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of leases, of one queue or of those of a subscription, with a result for each in the order of the
 * request. Filled by one thread; answered when all queues have answered, on the loop of the last.
 */
final class HttpSettlement {
    /** The lease does not live any more: it ran out, was settled, or its queue was made anew. */
    private static final String LEASE_LOST = "lease_lost";
    /** It never was a lease of this queue. */
    private static final String LEASE_INVALID = "lease_invalid";

    private static final int FEW = 10;
    private static final int RESULT_JSON_BYTES = 64;

    private final Exchange exchange;
    private final ConsumedQueues queues;
    private final List<Asked> asked = new ArrayList<>(FEW);
    /** By log. */
    private final Map<Long, Part> parts = new LinkedHashMap<>(2);

    /** A lease of the request, and its place in the part that asks for it; no part where it is a lease of no queue. */
    private record Asked(String lease, @Nullable Part part, int place) {
        boolean isDone() {
            return part != null && part.isDone(place);
        }
    }

    HttpSettlement(Exchange exchange, ConsumedQueues queues) {
        this.exchange = exchange;
        this.queues = queues;
    }

    /** Adds what is to be done with a lease; {@code text} is what is said of its message. */
    void add(String lease, @Nullable LeaseHandle handle, byte action, long argumentNanos, byte @Nullable [] text) {
        Part part = handle == null ? null : part(handle.logId());
        asked.add(new Asked(lease, part, part == null ? 0 : part.size()));
        if (handle != null && part != null) {
            part.add(handle, action, argumentNanos, text);
        }
    }

    private @Nullable Part part(long logId) {
        Part part = parts.get(logId);
        QueueDefinition queue = part == null ? queues.byLog(logId) : null;
        if (queue != null) {
            part = new Part(queue);
            parts.put(logId, part);
        }
        return part;
    }

    CompletableFuture<HttpResponse> begin(Broker broker) {
        CompletableFuture<?>[] all =
                parts.values().stream().map(each -> each.done).toArray(CompletableFuture[]::new);
        parts.values().forEach(each -> broker.settle(each.queue, each));
        return CompletableFuture.allOf(all)
                .thenApply(done -> Answers.json(
                        200,
                        JsonBuffer.object(exchange.allocator(), RESULT_JSON_BYTES * asked.size(), this::writeResults)));
    }

    private void writeResults(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("results");
        for (Asked each : asked) {
            json.writeStartObject();
            json.writeStringField("lease", each.lease);
            json.writeBooleanField("done", each.isDone());
            if (!each.isDone()) {
                json.writeStringField("error", each.part == null ? LEASE_INVALID : LEASE_LOST);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Those of one queue. */
    private static final class Part extends Settlement {
        private final CompletableFuture<Part> done = new CompletableFuture<>();
        private final QueueDefinition queue;
        /** By place what is said of the message; empty where nothing is said of any. */
        private final Map<Integer, byte[]> texts = new HashMap<>();

        Part(QueueDefinition queue) {
            super(FEW);
            this.queue = queue;
        }

        void add(LeaseHandle handle, byte action, long argumentNanos, byte @Nullable [] text) {
            if (text != null) {
                texts.put(size(), text);
            }
            add(handle.offset(), handle.token(), action, argumentNanos);
        }

        @Override
        protected byte @Nullable [] text(int index) {
            return texts.get(index);
        }

        @Override
        protected void onSettled() {
            done.complete(this);
        }

        @Override
        protected void onRefused(Refusal reason) {
            done.completeExceptionally(BrokerException.refused(reason, queue.name()));
        }
    }
}

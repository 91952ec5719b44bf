package io.millrace.api.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.JsonBuffer;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerException;
import io.millrace.broker.LeaseHandle;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.Refusal;
import io.millrace.engine.Settlement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A settlement whose answer has a result for each lease, in the order of the request. Answered on the shard's loop. */
final class HttpSettlement extends Settlement {
    /** The lease does not live any more: it ran out, was settled, or its queue was made anew. */
    private static final String LEASE_LOST = "lease_lost";
    /** It never was a lease of this queue. */
    private static final String LEASE_INVALID = "lease_invalid";

    private static final int NOT_ASKED = -1;
    private static final int FEW = 10;
    private static final int RESULT_JSON_BYTES = 64;

    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final Exchange exchange;
    private final QueueDefinition queue;
    private final List<String> leases = new ArrayList<>();
    /** For each lease its place among those that the engine is asked about, or {@link #NOT_ASKED}. */
    private int[] places = new int[FEW];
    /** By place what is said of the message; empty where nothing is said of any. */
    private final Map<Integer, byte[]> texts = new HashMap<>();

    HttpSettlement(Exchange exchange, QueueDefinition queue) {
        super(FEW);
        this.exchange = exchange;
        this.queue = queue;
    }

    /** Adds what is to be done with a lease; {@code text} is what is said of its message. */
    void add(String lease, @Nullable LeaseHandle handle, byte action, long argumentNanos, byte @Nullable [] text) {
        int index = leases.size();
        if (index == places.length) {
            places = Arrays.copyOf(places, index * 4);
        }
        leases.add(lease);
        places[index] = NOT_ASKED;
        if (handle != null && handle.logId() == queue.logId()) {
            places[index] = size();
            if (text != null) {
                texts.put(size(), text);
            }
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
    protected byte @Nullable [] text(int index) {
        return texts.get(index);
    }

    @Override
    protected void onSettled() {
        answer.complete(Answers.json(
                200, JsonBuffer.object(exchange.allocator(), RESULT_JSON_BYTES * leases.size(), this::writeResults)));
    }

    private void writeResults(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("results");
        for (int i = 0; i < leases.size(); i++) {
            int place = places[i];
            boolean done = place != NOT_ASKED && isDone(place);
            json.writeStartObject();
            json.writeStringField("lease", leases.get(i));
            json.writeBooleanField("done", done);
            if (!done) {
                json.writeStringField("error", place == NOT_ASKED ? LEASE_INVALID : LEASE_LOST);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    @Override
    protected void onRefused(Refusal reason) {
        answer.completeExceptionally(
                BrokerException.refused(reason, queue.queue().name().value()));
    }
}

package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.JsonBuffer;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.text.MessageJson;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerException;
import io.millrace.broker.ConsumedQueues;
import io.millrace.broker.JoinedReceive;
import io.millrace.broker.LeaseHandle;
import io.millrace.broker.MessageId;
import io.millrace.broker.QueueDeliveries;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.MessageView;
import io.millrace.engine.Deliveries;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A receive of a client. Whoever is first answers it: the broker, the client by going away, or the closing door.
 * Messages that cannot be given to the client in the end are released at once. The broker calls in on the loop of a
 * shard; the answer is written on the loop of the connection.
 */
final class HttpReceive extends JoinedReceive {
    private static final int MESSAGE_JSON_BYTES = 200;
    private static final byte[] NO_MESSAGES = "{\"messages\":[]}".getBytes(US_ASCII);

    private final MessageView view = new MessageView();
    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Exchange exchange;
    private final Broker broker;

    HttpReceive(
            Exchange exchange,
            Broker broker,
            ConsumedQueues queues,
            int messagesMax,
            int bytesMax,
            long leaseMillis,
            long waitMillis) {
        super(
                broker,
                queues,
                messagesMax,
                bytesMax,
                TimeUnit.MILLISECONDS.toNanos(leaseMillis),
                TimeUnit.MILLISECONDS.toNanos(waitMillis),
                true);
        this.exchange = exchange;
        this.broker = broker;
    }

    /** Asks the broker; the answer comes when there are messages or the wait is over. */
    CompletableFuture<HttpResponse> answer() {
        begin();
        exchange.whenGone(this::abandon);
        exchange.whenClosing(this::endEarly);
        return answer;
    }

    private void abandon() {
        if (over.compareAndSet(false, true)) {
            cancel();
            answer.completeExceptionally(ClosedSessionException.get());
        }
    }

    private void endEarly() {
        if (over.compareAndSet(false, true)) {
            cancel();
            answer.complete(Answers.json(200, Unpooled.wrappedBuffer(NO_MESSAGES)));
        }
    }

    @Override
    protected void onDelivered(List<QueueDeliveries> messages) {
        if (over.compareAndSet(false, true)) {
            exchange.onLoop(() -> deliver(messages));
        } else {
            GivenBack.of(messages).forEach(each -> each.settle(broker));
            messages.forEach(each -> each.messages().release());
        }
    }

    @Override
    protected void onRefused(BrokerException reason) {
        if (over.compareAndSet(false, true)) {
            answer.completeExceptionally(reason);
        }
    }

    private void deliver(List<QueueDeliveries> messages) {
        List<GivenBack> leases = GivenBack.of(messages);
        try {
            ByteBuf json = write(messages);
            if (exchange.takeAnswerBytes(json.readableBytes())) {
                exchange.whenNotSent(() -> leases.forEach(each -> each.settle(broker)));
                answer.complete(Answers.json(200, json));
                return;
            }
            json.release();
            answer.completeExceptionally(new ProblemException(
                    Problem.OUT_OF_MEMORY_BUDGET,
                    "answers that clients read slowly have taken all memory that is set aside for them; try again",
                    Map.of("retry-after", "1")));
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        } finally {
            messages.forEach(each -> each.messages().release());
        }
        leases.forEach(each -> each.settle(broker));
    }

    private ByteBuf write(List<QueueDeliveries> all) {
        long bytes = 64;
        for (QueueDeliveries each : all) {
            Deliveries messages = each.messages();
            for (int i = 0; i < messages.size(); i++) {
                view.show(messages.entry(i), messages.indexInEntry(i));
                bytes += MESSAGE_JSON_BYTES + view.bodyBytes();
            }
        }
        return JsonBuffer.object(exchange.allocator(), (int) Math.min(bytes, Integer.MAX_VALUE / 2), json -> {
            json.writeArrayFieldStart("messages");
            for (QueueDeliveries each : all) {
                write(json, each.queue(), each.messages());
            }
            json.writeEndArray();
        });
    }

    private void write(JsonGenerator json, QueueDefinition queue, Deliveries messages) throws IOException {
        for (int i = 0; i < messages.size(); i++) {
            view.show(messages.entry(i), messages.indexInEntry(i));
            json.writeStartObject();
            MessageId id = view.id(messages.storedIn(), messages.offset(i));
            json.writeStringField("id", id.toString());
            LeaseHandle lease = new LeaseHandle(queue.logId(), messages.offset(i), messages.leaseToken(i));
            json.writeStringField("lease", lease.toString());
            json.writeStringField("fencingToken", lease.fencingToken());
            json.writeNumberField("deliveryCount", messages.deliveryCount(i));
            MessageJson.write(json, view);
            json.writeEndObject();
        }
    }
}

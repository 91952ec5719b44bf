package io.millrace.api.rest;

import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.JsonBuffer;
import io.millrace.broker.BrokerException;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.MessageView;
import io.millrace.engine.Peek;
import io.millrace.engine.Refusal;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A look of a client at messages. The shard calls in on its loop; the answer is written on that of the connection. */
final class HttpPeek extends Peek {
    private static final int ANSWER_BYTES = 4096;

    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final MessageView view = new MessageView();
    private final Exchange exchange;
    private final QueueDefinition queue;

    HttpPeek(
            Exchange exchange,
            QueueDefinition queue,
            long fromOffset,
            int messagesMax,
            int bytesMax,
            @Nullable State only) {
        super(fromOffset, messagesMax, bytesMax, only);
        this.exchange = exchange;
        this.queue = queue;
    }

    CompletableFuture<HttpResponse> answer() {
        return answer;
    }

    @Override
    protected void onPeeked() {
        exchange.onLoop(this::write);
    }

    @Override
    protected void onRefused(Refusal reason) {
        answer.completeExceptionally(
                BrokerException.refused(reason, queue.queue().name().value()));
    }

    private void write() {
        try {
            PeekedJson.answer(exchange, json(), answer);
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        } finally {
            release();
        }
    }

    private ByteBuf json() {
        return JsonBuffer.object(exchange.allocator(), ANSWER_BYTES, json -> {
            json.writeArrayFieldStart("messages");
            for (int i = 0; i < size(); i++) {
                PeekedJson.write(json, this, i, view);
            }
            json.writeEndArray();
            json.writeNumberField("nextFrom", nextOffset());
            json.writeBooleanField("more", !sawAll());
        });
    }
}

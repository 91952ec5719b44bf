package io.millrace.api.rest;

import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.broker.Broker;
import io.millrace.broker.MessageId;
import io.millrace.broker.NativePublish;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.NativeBatch;
import io.millrace.engine.Refusal;
import io.netty.buffer.ByteBufUtil;
import java.util.concurrent.CompletableFuture;

/** A publish whose answer names the ids of its messages. Answered on the loop of the shard. */
final class HttpPublish extends NativePublish {
    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final Broker broker;
    private final Exchange exchange;
    private final QueueDefinition queue;
    private final int messages;
    private final boolean many;

    /** Publishes {@code batch}; the answer has a list of ids where {@code many} were asked for, else one id. */
    HttpPublish(Broker broker, Exchange exchange, QueueDefinition queue, NativeBatch batch, boolean many) {
        super(batch);
        this.broker = broker;
        this.exchange = exchange;
        this.queue = queue;
        this.messages = batch.count();
        this.many = many;
    }

    CompletableFuture<HttpResponse> answer() {
        return answer;
    }

    @Override
    protected void onPublished(long firstOffset) {
        StringBuilder json = new StringBuilder(32 + 16 * messages);
        json.append(many ? "{\"ids\":[" : "{\"id\":");
        for (int i = 0; i < messages; i++) {
            json.append(i == 0 ? "\"" : ",\"");
            MessageId.write(queue.logId(), firstOffset + i, json);
            json.append('"');
        }
        json.append(many ? "]}" : "}");
        answer.complete(Answers.json(201, ByteBufUtil.writeAscii(exchange.allocator(), json)));
    }

    @Override
    protected void onFailed(Refusal reason) {
        answer.completeExceptionally(broker.refused(reason, queue));
    }
}

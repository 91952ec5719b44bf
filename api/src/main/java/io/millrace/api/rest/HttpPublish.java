package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.broker.BrokerException;
import io.millrace.broker.MessageId;
import io.millrace.broker.NativePublish;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.NativeBatch;
import io.millrace.engine.Refusal;
import io.netty.buffer.Unpooled;
import java.util.concurrent.CompletableFuture;

/** A publish whose answer names the ids of its messages. Answered on the loop of the shard. */
final class HttpPublish extends NativePublish {
    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final QueueDefinition queue;
    private final int messages;
    private final boolean many;

    /** Publishes {@code batch}; the answer has a list of ids where {@code many} were asked for, else one id. */
    HttpPublish(QueueDefinition queue, NativeBatch batch, boolean many) {
        super(batch);
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
            json.append(i == 0 ? "\"" : ",\"")
                    .append(new MessageId(queue.logId(), firstOffset + i))
                    .append('"');
        }
        json.append(many ? "]}" : "}");
        answer.complete(Answers.json(201, Unpooled.wrappedBuffer(json.toString().getBytes(US_ASCII))));
    }

    @Override
    protected void onFailed(Refusal reason) {
        answer.completeExceptionally(
                BrokerException.refused(reason, queue.queue().name().value()));
    }
}

package io.millrace.api.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.text.MessageJson;
import io.millrace.broker.MessageId;
import io.millrace.broker.message.MessageView;
import io.millrace.engine.Peek;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Messages of a look as JSON, and the answer that holds them. Stateless; the loop of the connection. */
final class PeekedJson {
    private PeekedJson() {}

    /** Writes message {@code index} of {@code peek} as an object. */
    static void write(JsonGenerator json, Peek peek, int index, MessageView view) throws IOException {
        json.writeStartObject();
        MessageId id = peek.isReadable(index)
                ? view.show(peek.entry(index), peek.indexInEntry(index)).id(peek.storedIn(), peek.offset(index))
                : new MessageId(peek.storedIn(), peek.offset(index));
        json.writeStringField("id", id.toString());
        json.writeNumberField("offset", peek.offset(index));
        json.writeStringField("state", MessageRoutes.word(peek.state(index)));
        json.writeNumberField("deliveryCount", peek.deliveryCount(index));
        if (peek.isReadable(index)) {
            MessageJson.write(json, view);
        }
        json.writeEndObject();
    }

    /** Answers with {@code json}, which this takes over, if there is memory for answers left. */
    static void answer(Exchange exchange, ByteBuf json, CompletableFuture<HttpResponse> answer) {
        if (exchange.takeAnswerBytes(json.readableBytes())) {
            answer.complete(Answers.json(200, json));
            return;
        }
        json.release();
        answer.completeExceptionally(new ProblemException(
                Problem.OUT_OF_MEMORY_BUDGET,
                "answers that clients read slowly have taken all memory that is set aside for them; try again",
                Map.of("retry-after", "1")));
    }
}

package io.millrace.api.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.JsonBuffer;
import io.millrace.broker.BrokerTransaction;
import io.millrace.broker.MessageId;
import io.millrace.broker.NotedPublish;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.NativeBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages of a transaction for one queue, and which ids they have got. Told on the loop of the queue's shard, and
 * read when the whole is done, which is later.
 */
final class TransactionPublish {
    private static final int ID_JSON_BYTES = 24;

    private final QueueDefinition queue;
    private final List<NotedPublish> entries = new ArrayList<>();

    TransactionPublish(QueueDefinition queue, List<NativeBatch> batches) {
        this.queue = queue;
        batches.forEach(each -> entries.add(new NotedPublish(each)));
    }

    void addTo(BrokerTransaction transaction) {
        entries.forEach(each -> transaction.publish(queue, each));
    }

    /** What a committed transaction is answered with. */
    static HttpResponse answer(Exchange exchange, List<TransactionPublish> publishes) {
        int messages = publishes.stream()
                .flatMap(each -> each.entries.stream())
                .mapToInt(NotedPublish::count)
                .sum();
        return Answers.json(200, JsonBuffer.object(exchange.allocator(), 64 + ID_JSON_BYTES * messages, json -> {
            json.writeArrayFieldStart("published");
            for (TransactionPublish each : publishes) {
                each.write(json);
            }
            json.writeEndArray();
        }));
    }

    private void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("queue", queue.queue().name().value());
        json.writeArrayFieldStart("ids");
        for (NotedPublish each : entries) {
            for (int i = 0; i < each.count(); i++) {
                json.writeString(new MessageId(queue.logId(), each.firstOffset() + i).toString());
            }
        }
        json.writeEndArray();
        if (entries.stream().anyMatch(NotedPublish::isDuplicate)) {
            writeDuplicates(json);
        }
        json.writeEndObject();
    }

    private void writeDuplicates(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("duplicates");
        int index = 0;
        for (NotedPublish each : entries) {
            if (each.isDuplicate()) {
                json.writeNumber(index); // it is alone in its entry
            }
            index += each.count();
        }
        json.writeEndArray();
    }
}

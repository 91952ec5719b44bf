package io.millrace.api.rest;

import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.broker.Broker;
import io.millrace.broker.MessageId;
import io.millrace.broker.NotedPublish;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.NativeBatch;
import io.millrace.engine.Refusal;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The publish that a request asks for: one entry, or several where its messages are not all to be delivered alike. Its
 * answer names the ids of the messages once all outcomes are known. Answered on the loop of the shard.
 */
final class HttpPublish {
    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final Broker broker;
    private final Exchange exchange;
    private final QueueDefinition queue;
    private final boolean many;
    private final List<Entry> entries;
    private int waiting;
    private @Nullable Refusal refusal;

    /** Publishes {@code batches}; the answer has a list of ids where {@code many} were asked for, else one id. */
    HttpPublish(Broker broker, Exchange exchange, QueueDefinition queue, List<NativeBatch> batches, boolean many) {
        this.broker = broker;
        this.exchange = exchange;
        this.queue = queue;
        this.many = many;
        this.entries = new ArrayList<>(batches.size());
        for (NativeBatch each : batches) {
            entries.add(new Entry(each));
        }
        this.waiting = entries.size();
    }

    /** Asks the broker, which may refuse at once. */
    CompletableFuture<HttpResponse> begin() {
        broker.publish(queue, entries);
        return answer;
    }

    private void onOutcome() {
        waiting--;
        if (waiting > 0) {
            return;
        }
        if (refusal != null) {
            answer.completeExceptionally(broker.refused(refusal, queue));
            return;
        }
        String json = many ? idsOfAll() : idOfOne(entries.get(0));
        answer.complete(Answers.json(201, ByteBufUtil.writeAscii(exchange.allocator(), json)));
    }

    private String idOfOne(Entry only) {
        StringBuilder json = new StringBuilder(64).append("{\"id\":");
        writeId(only.firstOffset(), json);
        return json.append(only.isDuplicate() ? ",\"duplicate\":true}" : "}").toString();
    }

    private String idsOfAll() {
        int messages = 0;
        for (Entry each : entries) {
            messages += each.count();
        }
        StringBuilder json = new StringBuilder(32 + 16 * messages).append("{\"ids\":[");
        StringBuilder duplicates = new StringBuilder(0);
        int index = 0;
        for (Entry each : entries) {
            if (each.isDuplicate()) {
                duplicates.append(duplicates.isEmpty() ? "" : ",").append(index);
            }
            for (int i = 0; i < each.count(); i++) {
                json.append(index == 0 ? "" : ",");
                writeId(each.firstOffset() + i, json);
                index++;
            }
        }
        json.append(']');
        if (!duplicates.isEmpty()) {
            json.append(",\"duplicates\":[").append(duplicates).append(']');
        }
        return json.append('}').toString();
    }

    private void writeId(long offset, StringBuilder json) {
        json.append('"');
        MessageId.write(queue.logId(), offset, json);
        json.append('"');
    }

    /** Messages that are stored together. */
    private final class Entry extends NotedPublish {
        Entry(NativeBatch batch) {
            super(batch);
        }

        @Override
        protected void onNoted() {
            refusal = refusal == null ? refusal() : refusal;
            onOutcome();
        }
    }
}

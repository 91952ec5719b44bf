package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.broker.BrokerTransaction;
import io.millrace.broker.MessageId;
import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.SpreadPublish;
import java.util.List;

/**
 * The messages of a transaction for one queue or one topic, and where they are when the whole is done.
 *
 * @param kind what it is, as requests call it: queue or topic
 * @param name its name
 * @param messages the messages
 */
record TransactionPublish(String kind, String name, SpreadPublish messages) {
    static final String QUEUE = "queue";
    static final String TOPIC = "topic";

    void addTo(BrokerTransaction transaction) {
        messages.addTo(transaction);
    }

    void release() {
        messages.release();
    }

    /** What a committed transaction is answered with. */
    static HttpResponse answer(List<TransactionPublish> publishes) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode published = answer.putArray("published");
        publishes.forEach(each -> each.write(published.addObject()));
        return Answers.json(200, answer);
    }

    private void write(ObjectNode target) {
        target.put(kind, name);
        if (kind.equals(TOPIC)) {
            ArrayNode places = target.putArray("messages");
            for (int i = 0; i < messages.count(); i++) {
                StoredJson.write(messages.stored(i).get(0), places.addObject());
            }
            return;
        }
        ArrayNode ids = target.putArray("ids");
        ArrayNode duplicates = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < messages.count(); i++) {
            Stored stored = messages.stored(i).get(0);
            ids.add(new MessageId(stored.log().logId(), stored.offset()).toString());
            if (stored.isDuplicate()) {
                duplicates.add(i);
            }
        }
        if (!duplicates.isEmpty()) {
            target.set("duplicates", duplicates);
        }
    }
}

package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What a broker answers to a publish. Immutable; any thread.
 *
 * @param ids the ids of the messages, in their order; of those of an exchange in each of their queues and topics
 * @param duplicates how many of them were stored by an earlier publish
 * @param unroutable how many of them are nowhere
 */
public record Published(List<String> ids, int duplicates, int unroutable) {
    static Published of(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        answer.path("ids").forEach(each -> ids.add(each.asText()));
        return new Published(ids, answer.path("duplicates").size(), 0);
    }

    /** The same of a publish to a topic. */
    static Published ofTopic(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        int duplicates = 0;
        for (JsonNode message : answer.path("messages")) {
            ids.add(message.path("id").asText());
            duplicates += message.path("duplicate").asBoolean() ? 1 : 0;
        }
        return new Published(ids, duplicates, 0);
    }

    /** The same of a publish to an exchange. A message counts as stored before where each of its places had it. */
    static Published ofRouted(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        int duplicates = 0;
        for (JsonNode message : answer.path("messages")) {
            boolean isNew =
                    message.path("queues").isEmpty() && message.path("topics").isEmpty();
            for (JsonNode places : List.of(message.path("queues"), message.path("topics"))) {
                for (JsonNode each : places) {
                    ids.add(each.path("id").asText());
                    isNew |= !each.path("duplicate").asBoolean();
                }
            }
            duplicates += isNew ? 0 : 1;
        }
        return new Published(ids, duplicates, answer.path("unroutable").size());
    }
}

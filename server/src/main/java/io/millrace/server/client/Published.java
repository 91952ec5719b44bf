package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What a broker answers to a publish. Immutable; any thread.
 *
 * @param ids the ids of the messages, in their order
 * @param duplicates how many of them were stored by an earlier publish
 */
public record Published(List<String> ids, int duplicates) {
    static Published of(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        answer.path("ids").forEach(each -> ids.add(each.asText()));
        return new Published(ids, answer.path("duplicates").size());
    }
}

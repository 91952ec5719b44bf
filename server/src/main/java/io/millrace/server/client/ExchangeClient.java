package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One exchange of a broker, through its {@link HttpApi}. Any thread; holds nothing. */
final class ExchangeClient {
    private static final int PAGE = 500;

    private final HttpApi api;
    private final String path;

    /** The exchange {@code name}, which need not exist yet. */
    ExchangeClient(HttpApi api, String name) {
        this.api = api;
        this.path = "/v1/exchanges/" + ApiRequest.escape(name);
    }

    void create(ObjectNode settings) throws ApiException, InterruptedException {
        api.call(ApiRequest.with("PUT", path, settings));
    }

    void delete(boolean ifUnused) throws ApiException, InterruptedException {
        api.call(ApiRequest.delete(path + "?ifUnused=" + ifUnused));
    }

    void bind(ObjectNode binding) throws ApiException, InterruptedException {
        api.call(ApiRequest.with("POST", path + "/bindings", binding));
    }

    void unbind(ObjectNode binding) throws ApiException, InterruptedException {
        api.call(ApiRequest.with("POST", path + "/unbind", binding));
    }

    /** All bindings, in the order in which they were made. */
    List<JsonNode> bindings() throws ApiException, InterruptedException {
        List<JsonNode> bindings = new ArrayList<>();
        long after = 0;
        do {
            JsonNode page = api.call(ApiRequest.get(path + "/bindings?limit=" + PAGE + "&after=" + after));
            page.path("bindings").forEach(bindings::add);
            after = page.path("next").asLong();
        } while (after > 0);
        return bindings;
    }

    /** All exchanges whose names begin with {@code prefix}, by name. */
    static List<JsonNode> list(HttpApi api, String prefix) throws ApiException, InterruptedException {
        List<JsonNode> exchanges = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = api.call(ApiRequest.get("/v1/exchanges?prefix=" + ApiRequest.escape(prefix) + "&after="
                    + ApiRequest.escape(after) + "&limit=" + PAGE));
            page.path("exchanges").forEach(exchanges::add);
            after = page.path("next").asText("");
        } while (!after.isEmpty());
        return exchanges;
    }

    /** Publishes messages to it, each with {@code routingKey}. */
    MessageSink sink(String routingKey) {
        return (messages, before) -> publish(messages, routingKey);
    }

    private CompletableFuture<Published> publish(List<OutgoingMessage> messages, String routingKey) {
        byte[] json = OutgoingMessage.batch(messages, each -> each.writeStringField("routingKey", routingKey));
        return api.send(ApiRequest.post(path + "/publish", json)).thenApply(Published::ofRouted);
    }
}

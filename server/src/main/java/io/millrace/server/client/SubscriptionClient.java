package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** One subscription of a topic, through the broker's {@link HttpApi}. Any thread; holds nothing. */
final class SubscriptionClient {
    private final HttpApi api;
    private final String path;

    /** The subscription {@code name} of {@code topic}, which need not exist yet. */
    SubscriptionClient(HttpApi api, String topic, String name) {
        this.api = api;
        this.path = all(topic) + "/" + ApiRequest.escape(name);
    }

    private static String all(String topic) {
        return "/v1/topics/" + ApiRequest.escape(topic) + "/subscriptions";
    }

    /** Those of {@code topic}, by name. */
    static List<JsonNode> list(HttpApi api, String topic) throws ApiException, InterruptedException {
        List<JsonNode> subscriptions = new ArrayList<>();
        api.call(ApiRequest.get(all(topic))).path("subscriptions").forEach(subscriptions::add);
        return subscriptions;
    }

    void create(ObjectNode settings) throws ApiException, InterruptedException {
        api.call(ApiRequest.with("PUT", path, settings));
    }

    JsonNode configure(ObjectNode settings) throws ApiException, InterruptedException {
        return api.call(ApiRequest.with("PATCH", path, settings));
    }

    /** Its settings and, under {@code stats}, where it is in each partition. */
    JsonNode describe() throws ApiException, InterruptedException {
        return api.call(ApiRequest.get(path));
    }

    JsonNode seek(ObjectNode where) throws ApiException, InterruptedException {
        return api.call(ApiRequest.with("POST", path + "/seek", where));
    }

    void delete() throws ApiException, InterruptedException {
        api.call(ApiRequest.delete(path));
    }
}

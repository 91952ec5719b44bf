package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** One schedule of a broker, through its {@link HttpApi}. Any thread; holds nothing. */
final class ScheduleClient {
    private static final int PAGE = 500;

    private final HttpApi api;
    private final String path;

    /** The schedule {@code name}, which need not exist yet. */
    ScheduleClient(HttpApi api, String name) {
        this.api = api;
        this.path = "/v1/schedules/" + ApiRequest.escape(name);
    }

    void create(ObjectNode settings) throws ApiException, InterruptedException {
        api.call(ApiRequest.with("PUT", path, settings));
    }

    JsonNode describe() throws ApiException, InterruptedException {
        return api.call(ApiRequest.get(path));
    }

    JsonNode change(ObjectNode settings) throws ApiException, InterruptedException {
        return api.call(ApiRequest.with("PATCH", path, settings));
    }

    void delete() throws ApiException, InterruptedException {
        api.call(ApiRequest.delete(path));
    }

    /** Has it publish its message now; in how many queues and topics that is. */
    int fire() throws ApiException, InterruptedException {
        JsonNode places = api.call(ApiRequest.post(path + "/fire"));
        return places.path("queues").size() + places.path("topics").size();
    }

    /** All schedules whose names begin with {@code prefix}, by name. */
    static List<JsonNode> list(HttpApi api, String prefix) throws ApiException, InterruptedException {
        List<JsonNode> schedules = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = api.call(ApiRequest.get("/v1/schedules?prefix=" + ApiRequest.escape(prefix) + "&after="
                    + ApiRequest.escape(after) + "&limit=" + PAGE));
            page.path("schedules").forEach(schedules::add);
            after = page.path("next").asText("");
        } while (!after.isEmpty());
        return schedules;
    }
}

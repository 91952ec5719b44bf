package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The redrives of one queue of a broker, through its {@link HttpApi}. Any thread; holds nothing. */
final class RedriveClient {
    private final HttpApi api;
    private final String path;

    RedriveClient(HttpApi api, String queue) {
        this.api = api;
        this.path = "/v1/queues/" + ApiRequest.escape(queue) + "/redrive";
    }

    /** Begins what {@code request} says. */
    JsonNode begin(ObjectNode request) throws ApiException, InterruptedException {
        return api.call(ApiRequest.with("POST", path, request));
    }

    /** Those that are known, the latest first. */
    JsonNode list() throws ApiException, InterruptedException {
        return api.call(ApiRequest.get(path)).path("redrives");
    }

    /** The same one at this moment. */
    JsonNode look(JsonNode redrive) throws ApiException, InterruptedException {
        return api.call(ApiRequest.get(path(redrive)));
    }

    /** Has it end soon. */
    JsonNode cancel(JsonNode redrive) throws ApiException, InterruptedException {
        return api.call(ApiRequest.delete(path(redrive)));
    }

    private String path(JsonNode redrive) {
        return path + "/" + ApiRequest.escape(redrive.path("id").asText());
    }
}

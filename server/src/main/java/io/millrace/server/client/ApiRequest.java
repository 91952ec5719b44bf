package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One request to the HTTP API. Immutable, apart from what the caller does to the array; any thread.
 *
 * @param method the method
 * @param path the path with its query, escaped
 * @param json the body as JSON in UTF-8, empty where there is none
 * @param patience how long the broker may take to answer
 */
record ApiRequest(String method, String path, byte[] json, Duration patience) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final byte[] NO_BODY = {};

    static ApiRequest get(String path) {
        return new ApiRequest("GET", path, NO_BODY, PATIENCE);
    }

    static ApiRequest delete(String path) {
        return new ApiRequest("DELETE", path, NO_BODY, PATIENCE);
    }

    static ApiRequest post(String path) {
        return new ApiRequest("POST", path, NO_BODY, PATIENCE);
    }

    static ApiRequest post(String path, byte[] json) {
        return new ApiRequest("POST", path, json, PATIENCE);
    }

    static ApiRequest with(String method, String path, JsonNode json) {
        return new ApiRequest(method, path, json.toString().getBytes(StandardCharsets.UTF_8), PATIENCE);
    }

    /** The same for a broker that is asked to wait {@code wait} before it answers. */
    ApiRequest waiting(Duration wait) {
        return new ApiRequest(method, path, json, patience.plus(wait));
    }

    /** {@code name} as one segment of a path, or as a value in a query (RFC 3986, section 2.1). */
    static String escape(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

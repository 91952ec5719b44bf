package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A partition of a topic, or a queue, read through the {@link HttpApi} in the order of its offsets, from where it was
 * left. One thread.
 */
final class LogClient {
    private static final int REQUEST_MESSAGES_MAX = 100;

    private final HttpApi api;
    private final String path;
    private String from;

    private LogClient(HttpApi api, String path, String from) {
        this.api = api;
        this.path = path;
        this.from = from;
    }

    /** Partition {@code number} of the topic {@code name}, from where {@code from} says. */
    static LogClient ofPartition(HttpApi api, String name, int number, String from) {
        String topic = ApiRequest.escape(name);
        return new LogClient(api, "/v1/topics/" + topic + "/partitions/" + number + "/messages", from);
    }

    /** The queue {@code name}. */
    static LogClient ofQueue(HttpApi api, String name, String from) {
        return new LogClient(api, "/v1/queues/" + ApiRequest.escape(name) + "/log", from);
    }

    /** What comes next, up to {@code most} messages; waits up to {@code wait} for the first. */
    CompletableFuture<JsonNode> read(long most, Duration wait) {
        String query = "?from=" + ApiRequest.escape(from) + "&limit=" + Math.min(most, REQUEST_MESSAGES_MAX)
                + "&waitMillis=" + wait.toMillis();
        return api.send(ApiRequest.get(path + query).waiting(wait));
    }

    /** The next read goes on behind {@code answer}, of which so many messages were of use. */
    void goOn(JsonNode answer, long used) {
        JsonNode messages = answer.path("messages");
        from = used < messages.size()
                ? messages.path((int) used).path("offset").asText()
                : answer.path("nextOffset").asText();
    }
}

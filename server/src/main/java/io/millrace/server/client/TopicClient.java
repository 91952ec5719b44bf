package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** One topic of a broker, through its {@link HttpApi}. Any thread; holds nothing. */
final class TopicClient {
    private static final int PAGE = 500;

    private final HttpApi api;
    private final String path;

    /** The topic {@code name}, which need not exist yet. */
    TopicClient(HttpApi api, String name) {
        this.api = api;
        this.path = "/v1/topics/" + ApiRequest.escape(name);
    }

    void create(ObjectNode settings) throws ApiException, InterruptedException {
        api.call(ApiRequest.with("PUT", path, settings));
    }

    JsonNode configure(ObjectNode settings) throws ApiException, InterruptedException {
        return api.call(ApiRequest.with("PATCH", path, settings));
    }

    /** Its settings and, under {@code stats}, what is in its partitions. */
    JsonNode describe() throws ApiException, InterruptedException {
        return api.call(ApiRequest.get(path));
    }

    void delete() throws ApiException, InterruptedException {
        api.call(ApiRequest.delete(path));
    }

    /** All topics whose names begin with {@code prefix}, by name. */
    static List<JsonNode> list(HttpApi api, String prefix) throws ApiException, InterruptedException {
        List<JsonNode> topics = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = api.call(ApiRequest.get("/v1/topics?prefix=" + ApiRequest.escape(prefix) + "&after="
                    + ApiRequest.escape(after) + "&limit=" + PAGE));
            page.path("topics").forEach(topics::add);
            after = page.path("next").asText("");
        } while (!after.isEmpty());
        return topics;
    }

    /** Publishes messages to it, to {@code partition} where one is given. */
    MessageSink sink(OptionalInt partition) {
        return (messages, before) -> publish(messages, partition);
    }

    /** Publishes messages to {@code partition}, numbered by {@code producer} from {@code sequence} on. */
    MessageSink sink(int partition, String producer, int epoch, int sequence) {
        return new NumberedSink(api, path + "/partitions/" + partition + "/publish", producer, epoch, sequence);
    }

    private CompletableFuture<Published> publish(List<OutgoingMessage> messages, OptionalInt partition) {
        byte[] json = OutgoingMessage.batch(
                messages,
                partition.isEmpty()
                        ? OutgoingMessage.Address.NONE
                        : each -> each.writeNumberField("partition", partition.getAsInt()));
        return api.send(ApiRequest.post(path + "/publish", json)).thenApply(Published::ofTopic);
    }
}

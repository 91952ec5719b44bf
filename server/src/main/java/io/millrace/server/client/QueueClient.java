package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One queue of a broker, through its {@link HttpApi}. Any thread; holds nothing. */
public final class QueueClient {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final HttpApi api;
    private final String name;
    private final String path;

    /** The queue {@code name}, which need not exist yet. */
    public QueueClient(HttpApi api, String name) {
        this.api = api;
        this.name = name;
        this.path = "/v1/queues/" + ApiRequest.escape(name);
    }

    String name() {
        return name;
    }

    /** Makes the queue; fine where it is there with the same settings. */
    public JsonNode create(QueueChange settings) throws ApiException, InterruptedException {
        return api.call(ApiRequest.with("PUT", path, settings.json()));
    }

    JsonNode configure(QueueChange settings) throws ApiException, InterruptedException {
        return api.call(ApiRequest.with("PATCH", path, settings.json()));
    }

    /** The queue's settings and, under {@code stats}, its counts. */
    public JsonNode describe() throws ApiException, InterruptedException {
        return api.call(ApiRequest.get(path));
    }

    void delete() throws ApiException, InterruptedException {
        api.call(ApiRequest.delete(path));
    }

    JsonNode purge() throws ApiException, InterruptedException {
        return api.call(ApiRequest.post(path + "/purge"));
    }

    /** Stops deliveries, for {@code time} or until they are resumed; the queue as it is then. */
    JsonNode pause(Optional<Duration> time) throws ApiException, InterruptedException {
        ObjectNode asked = JSON.objectNode();
        time.ifPresent(length -> asked.put("forMillis", length.toMillis()));
        return api.call(ApiRequest.with("POST", path + "/pause", asked));
    }

    void resume() throws ApiException, InterruptedException {
        api.call(ApiRequest.post(path + "/resume"));
    }

    /** Those who are attached. */
    List<JsonNode> consumers() throws ApiException, InterruptedException {
        List<JsonNode> consumers = new ArrayList<>();
        api.call(ApiRequest.get(path + "/consumers")).path("consumers").forEach(consumers::add);
        return consumers;
    }

    /** Attaches a consumer that lives for {@code life} without being heard of; its id. */
    String attach(int priority, boolean isExclusive, Duration life, Optional<String> selector)
            throws ApiException, InterruptedException {
        ObjectNode asked = JSON.objectNode()
                .put("priority", priority)
                .put("exclusive", isExclusive)
                .put("timeToLiveMillis", life.toMillis());
        selector.ifPresent(text -> asked.put("selector", text));
        return api.call(ApiRequest.with("POST", path + "/consumers", asked))
                .path("id")
                .asText();
    }

    void renew(String consumer) throws ApiException, InterruptedException {
        api.call(ApiRequest.post(path + "/consumers/" + consumer + "/renew"));
    }

    void detach(String consumer) throws ApiException, InterruptedException {
        api.call(ApiRequest.delete(path + "/consumers/" + consumer));
    }

    /** Publishes in one request; completes once all messages are as safe as the queue wants them to be. */
    public CompletableFuture<Published> publish(List<OutgoingMessage> messages) {
        return api.send(ApiRequest.post(
                        path + "/publish", OutgoingMessage.batch(messages, OutgoingMessage.Address.NONE)))
                .thenApply(Published::of);
    }

    /** Publishes messages to it. */
    MessageSink sink() {
        return (messages, before) -> publish(messages);
    }

    /**
     * Receives up to {@code most} messages; waits up to {@code wait} for the first.
     *
     * @param lease how long they are leased; if not said, as long as the queue says
     */
    public List<ReceivedMessage> receive(int most, Duration wait, Optional<Duration> lease)
            throws ApiException, InterruptedException {
        return receive(most, wait, lease, Optional.empty(), Optional.empty());
    }

    /** The same by a consumer, and of messages that a selector selects, if these are given. */
    List<ReceivedMessage> receive(
            int most, Duration wait, Optional<Duration> lease, Optional<String> consumer, Optional<String> selector)
            throws ApiException, InterruptedException {
        ObjectNode asked = JSON.objectNode().put("max", most).put("waitMillis", wait.toMillis());
        lease.ifPresent(time -> asked.put("leaseMillis", time.toMillis()));
        consumer.ifPresent(id -> asked.put("consumer", id));
        selector.ifPresent(text -> asked.put("selector", text));
        return messages(
                api.call(ApiRequest.with("POST", path + "/receive", asked).waiting(wait)));
    }

    /**
     * Some messages at {@code fromOffset} or behind it, at most {@code most}, of those in {@code state} that {@code
     * filter} selects, where these are given; where the next look begins, and whether there was something there.
     */
    JsonNode peek(long fromOffset, int most, Optional<String> state, Optional<String> filter)
            throws ApiException, InterruptedException {
        String query = "?from=" + fromOffset + "&limit=" + most
                + state.map(each -> "&state=" + ApiRequest.escape(each)).orElse("")
                + filter.map(each -> "&filter=" + ApiRequest.escape(each)).orElse("");
        return api.call(ApiRequest.get(path + "/messages" + query));
    }

    static List<ReceivedMessage> messages(JsonNode answer) {
        List<ReceivedMessage> messages = new ArrayList<>();
        answer.path("messages").forEach(each -> messages.add(new ReceivedMessage(each)));
        return messages;
    }

    /** Acknowledges {@code message} of this queue and publishes {@code followUp} to {@code target}, both or neither. */
    JsonNode acknowledgeAndPublish(ReceivedMessage message, String target, OutgoingMessage followUp)
            throws ApiException, InterruptedException {
        return api.call(ApiRequest.post("/v1/transactions", followUp.followUp(name, message.lease(), target)));
    }

    /** Settles leases; a result for each, in order. */
    public List<SettleResult> settle(List<Settle> leases) throws ApiException, InterruptedException {
        ObjectNode asked = JSON.objectNode();
        ArrayNode items = asked.putArray("settle");
        leases.forEach(each -> each.write(items.addObject()));
        List<SettleResult> results = new ArrayList<>();
        for (JsonNode each :
                api.call(ApiRequest.with("POST", path + "/settle", asked)).path("results")) {
            results.add(new SettleResult(
                    each.path("done").asBoolean(), each.path("error").asText("")));
        }
        return results;
    }
}

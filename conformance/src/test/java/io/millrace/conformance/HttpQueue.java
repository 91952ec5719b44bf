package io.millrace.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** One queue over the HTTP door, through the JDK's own client. For one thread. */
final class HttpQueue {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER_MAX = Duration.ofMinutes(2);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofMinutes(1))
            .build();
    private final String name;
    private URI server;
    private String authorization = "";

    HttpQueue(URI server, String name) {
        this.server = server;
        this.name = name;
    }

    /** Goes on with another process of the broker. */
    void server(URI newServer) {
        server = newServer;
    }

    /** From now on, asks as a user. */
    void user(String user, String password) {
        String pair = user + ":" + password;
        authorization = "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** A message that was received. */
    record Message(String id, String body, String lease, int deliveryCount) {
        /** The token in the lease, which grows from delivery to delivery. */
        long token() {
            return Long.parseLong(lease.substring(lease.lastIndexOf('-') + 1), 16);
        }
    }

    void create() throws IOException, InterruptedException {
        create("{}");
    }

    /** The same with settings. */
    void create(String settings) throws IOException, InterruptedException {
        request("PUT", "", settings);
    }

    /** Publishes in one request; returns when it is confirmed. */
    void publish(List<String> bodies) throws IOException, InterruptedException {
        ObjectNode batch = JSON.createObjectNode();
        ArrayNode messages = batch.putArray("messages");
        bodies.forEach(body -> messages.addObject().put("body", body));
        request("POST", "/publish", batch.toString());
    }

    /** The same with each body as its deduplication id; returns how many of them were there already. */
    int publishOnce(List<String> bodies) throws IOException, InterruptedException {
        ObjectNode batch = JSON.createObjectNode();
        ArrayNode messages = batch.putArray("messages");
        bodies.forEach(body -> messages.addObject().put("body", body).put("deduplicationId", body));
        return request("POST", "/publish", batch.toString()).path("duplicates").size();
    }

    List<Message> receive(int most, long waitMillis, long leaseMillis) throws IOException, InterruptedException {
        String asked = JSON.createObjectNode()
                .put("max", most)
                .put("waitMillis", waitMillis)
                .put("leaseMillis", leaseMillis)
                .toString();
        List<Message> messages = new ArrayList<>();
        for (JsonNode each : request("POST", "/receive", asked).get("messages")) {
            messages.add(new Message(
                    each.get("id").asText(),
                    each.get("body").asText(),
                    each.get("lease").asText(),
                    each.get("deliveryCount").asInt()));
        }
        return messages;
    }

    /** Acknowledges; returns the messages for which that was confirmed. */
    List<Message> acknowledge(List<Message> messages) throws IOException, InterruptedException {
        ObjectNode settle = JSON.createObjectNode();
        ArrayNode items = settle.putArray("settle");
        messages.forEach(each -> items.addObject().put("lease", each.lease()).put("action", "acknowledge"));
        JsonNode results = request("POST", "/settle", settle.toString()).get("results");
        List<Message> done = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (results.get(i).get("done").asBoolean()) {
                done.add(messages.get(i));
            }
        }
        return done;
    }

    /** A count of the queue's statistics. */
    long count(String field) throws IOException, InterruptedException {
        return request("GET", "", "").get("stats").required(field).asLong();
    }

    private JsonNode request(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve("/v1/queues/" + name + path))
                .timeout(ANSWER_MAX)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }
}

package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message as a broker hands it out: by a receive, then under a lease, or by a peek. Reads the JSON that came, holds
 * nothing else. Any thread, as long as nobody changes the JSON.
 *
 * @param json the message as the API describes it
 */
public record ReceivedMessage(JsonNode json) {
    /** What names the message as long as it lives. */
    public String id() {
        return text("id");
    }

    /** What names the lease; empty in a peek. */
    public String lease() {
        return text("lease");
    }

    /** How often it was delivered, this time included. */
    public int deliveryCount() {
        return json.path("deliveryCount").asInt();
    }

    /** The bytes of the body. */
    public byte[] body() {
        JsonNode base64 = json.path("bodyBase64");
        return base64.isTextual()
                ? Base64.getDecoder().decode(base64.textValue())
                : text("body").getBytes(StandardCharsets.UTF_8);
    }

    /** A text field of the message; empty where it is not there. */
    String text(String field) {
        return json.path(field).asText("");
    }

    /** The headers that its publisher gave it. */
    Map<String, String> headers() {
        var headers = new LinkedHashMap<String, String>();
        json.path("headers")
                .properties()
                .forEach(each -> headers.put(each.getKey(), each.getValue().asText()));
        return headers;
    }
}

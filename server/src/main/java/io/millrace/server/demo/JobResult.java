package io.millrace.server.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;

/**
 * What a worker says of one delivery of one job; the body of a message in the queue of results, as JSON. Immutable; any
 * thread.
 *
 * @param job the id of the job's message
 * @param delivery how often that message had been delivered, this time included
 * @param path the file
 * @param checksum what computing gave
 */
record JobResult(String job, int delivery, String path, Checksum checksum) {
    private static final ObjectMapper JSON = new ObjectMapper();

    String toJson() {
        return JSON.createObjectNode()
                .put("job", job)
                .put("delivery", delivery)
                .put("path", path)
                .put("sha256", checksum.sha256())
                .put("error", checksum.error())
                .put("stamp", checksum.stamp())
                .toString();
    }

    /** Reads what {@link #toJson} wrote; an {@link IllegalArgumentException} says that it is something else. */
    static JobResult parse(byte[] json) {
        try {
            JsonNode node = JSON.readTree(new String(json, StandardCharsets.UTF_8));
            return new JobResult(
                    node.required("job").asText(),
                    node.required("delivery").asInt(),
                    node.required("path").asText(),
                    new Checksum(
                            node.required("sha256").asText(),
                            node.required("error").asText(),
                            node.required("stamp").asText()));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a result is not JSON", e);
        }
    }
}

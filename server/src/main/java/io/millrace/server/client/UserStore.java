package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Where users are kept: a running broker, or the data directory of one that does not run. JSON as in the API. */
interface UserStore extends AutoCloseable {
    List<JsonNode> list() throws ApiException, InterruptedException;

    JsonNode show(String name) throws ApiException, InterruptedException;

    /** Makes or changes a user; what {@code change} does not name stays as it is. Returns the user. */
    JsonNode set(String name, ObjectNode change) throws ApiException, InterruptedException;

    void delete(String name) throws ApiException, InterruptedException;

    /** Makes an access key; what is returned holds its secret, which nobody can ask for again. */
    JsonNode createKey(String name) throws ApiException, InterruptedException;

    void deleteKey(String name, String id) throws ApiException, InterruptedException;

    @Override
    void close();
}

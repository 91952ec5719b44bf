package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The users of a running broker. */
final class HttpUsers implements UserStore {
    private static final String USERS = "/v1/users";

    private final HttpApi api;

    HttpUsers(HttpApi api) {
        this.api = api;
    }

    @Override
    public List<JsonNode> list() throws ApiException, InterruptedException {
        List<JsonNode> users = new ArrayList<>();
        api.call(ApiRequest.get(USERS)).path("users").forEach(users::add);
        return users;
    }

    @Override
    public JsonNode show(String name) throws ApiException, InterruptedException {
        return api.call(ApiRequest.get(path(name)));
    }

    @Override
    public JsonNode set(String name, ObjectNode change) throws ApiException, InterruptedException {
        return api.call(ApiRequest.with("PUT", path(name), change));
    }

    @Override
    public void delete(String name) throws ApiException, InterruptedException {
        api.call(ApiRequest.delete(path(name)));
    }

    @Override
    public JsonNode createKey(String name) throws ApiException, InterruptedException {
        return api.call(ApiRequest.post(path(name) + "/access-keys"));
    }

    @Override
    public void deleteKey(String name, String id) throws ApiException, InterruptedException {
        api.call(ApiRequest.delete(path(name) + "/access-keys/" + ApiRequest.escape(id)));
    }

    private static String path(String name) {
        return USERS + "/" + ApiRequest.escape(name);
    }

    @Override
    public void close() {
        // Connections of the HTTP client end with the process.
    }
}

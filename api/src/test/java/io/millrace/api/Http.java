package io.millrace.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A client of the door, the JDK's own. Immutable, apart from its connections. */
public final class Http implements AutoCloseable {
    public static final ObjectMapper JSON = new ObjectMapper();

    private final InetSocketAddress address;
    private final HttpClient client;
    private final List<String> headers;
    private final String scheme;

    public Http(InetSocketAddress address, HttpClient client, boolean tls) {
        this(address, client, List.of(), tls);
    }

    private Http(InetSocketAddress address, HttpClient client, List<String> headers, boolean tls) {
        this.address = address;
        this.client = client;
        this.headers = headers;
        this.scheme = tls ? "https" : "http";
    }

    public InetSocketAddress address() {
        return address;
    }

    /** The same, sending further header fields with every request. */
    public Http with(String... more) {
        List<String> all = new ArrayList<>(headers);
        all.addAll(List.of(more));
        return new Http(address, client, all, scheme.equals("https"));
    }

    public Http as(String user, String password) {
        String credentials = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
        return with("Authorization", "Basic " + credentials);
    }

    public Answer get(String path) {
        return send("GET", path, null, null);
    }

    public Answer delete(String path) {
        return send("DELETE", path, null, null);
    }

    public Answer post(String path, String json) {
        return send("POST", path, "application/json", json.getBytes(UTF_8));
    }

    public Answer put(String path, String json) {
        return send("PUT", path, "application/json", json.getBytes(UTF_8));
    }

    public Answer patch(String path, String json) {
        return send("PATCH", path, "application/json", json.getBytes(UTF_8));
    }

    public Answer send(String method, String path, String contentType, byte[] body) {
        return sendAsync(method, path, contentType, body).join();
    }

    public CompletableFuture<Answer> sendAsync(String method, String path, String contentType, byte[] body) {
        return sendAsync(
                method,
                path,
                contentType,
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
    }

    /** Sends a body without announcing its length. */
    public Answer sendPieces(String method, String path, String contentType, byte[] body) {
        HttpRequest.BodyPublisher pieces =
                HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
        return sendAsync(method, path, contentType, pieces).join();
    }

    private CompletableFuture<Answer> sendAsync(
            String method, String path, String contentType, HttpRequest.BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(scheme + "://localhost:" + address.getPort() + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body);
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        for (int i = 0; i < headers.size(); i += 2) {
            request.header(headers.get(i), headers.get(i + 1));
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray())
                .thenApply(Answer::new);
    }

    @Override
    public void close() {
        // The JDK's client of this version ends with its last reference.
    }

    /** What came back. */
    public record Answer(HttpResponse<byte[]> response) {
        public int status() {
            return response.statusCode();
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        public String text() {
            return new String(response.body(), UTF_8);
        }

        public JsonNode json() {
            try {
                return JSON.readTree(response.body());
            } catch (IOException e) {
                throw new UncheckedIOException(text(), e);
            }
        }

        /** Fails unless it has this status. */
        public Answer expect(int status) {
            assertThat(status()).as(text()).isEqualTo(status);
            return this;
        }

        /** Fails unless it is this problem, in all its parts. */
        public Answer expectProblem(int status, String word) {
            expect(status);
            assertThat(header("content-type")).isEqualTo("application/problem+json");
            JsonNode problem = json();
            assertThat(problem.get("type").textValue()).as(text()).isEqualTo("/v1/problems/" + word);
            assertThat(problem.get("status").intValue()).isEqualTo(status);
            assertThat(problem.get("title").textValue()).isNotBlank();
            assertThat(problem.get("detail").textValue()).isNotBlank();
            assertThat(problem.get("retryable").isBoolean()).isTrue();
            return this;
        }
    }
}

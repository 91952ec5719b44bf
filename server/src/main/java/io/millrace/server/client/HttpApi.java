package io.millrace.server.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.server.client.ApiException.Outcome;
import io.millrace.server.process.FailureReason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One broker's HTTP API: JSON out, JSON in, and every failure an {@link ApiException} in the words of a user. Keeps its
 * connections open between requests. Nothing is sent twice: whoever asks decides whether asking again does harm.
 *
 * <p>Any thread. An answer is held in memory; the broker bounds what it puts into one.
 */
public final class HttpApi {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI server;
    private final Optional<Credentials> credentials;
    private final Optional<String> space;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_MAX)
            .build();

    /**
     * The API of the broker at {@code server}.
     *
     * @param credentials whom to ask as; without any, the broker has to admit everybody
     * @param space where to work, if not in the space of the user
     */
    public HttpApi(URI server, Optional<Credentials> credentials, Optional<String> space) {
        this.server = server;
        this.credentials = credentials;
        this.space = space;
    }

    /** Where the broker is. */
    public URI server() {
        return server;
    }

    /** Asks, and waits for the answer; missing where the broker answers without a body. */
    JsonNode call(ApiRequest request) throws ApiException, InterruptedException {
        try {
            return read(request, client.send(httpRequest(request), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw failure(request, e);
        }
    }

    /** Asks; the answer comes on a thread of the HTTP client. Fails with {@link ApiException} only. */
    CompletableFuture<JsonNode> send(ApiRequest request) {
        return client.sendAsync(httpRequest(request), BodyHandlers.ofByteArray())
                .handle((response, failure) -> {
                    try {
                        if (response == null) {
                            throw failure(request, failure);
                        }
                        return read(request, response);
                    } catch (ApiException e) {
                        throw new CompletionException(e);
                    }
                });
    }

    private HttpRequest httpRequest(ApiRequest request) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(server + request.path()))
                .timeout(request.patience())
                .header("Accept", "application/json");
        credentials.ifPresent(who -> builder.header("Authorization", who.authorization()));
        space.ifPresent(name -> builder.header("Millrace-Space", name));
        if (request.json().length > 0) {
            builder.header("Content-Type", "application/json");
            return builder.method(request.method(), BodyPublishers.ofByteArray(request.json()))
                    .build();
        }
        return builder.method(request.method(), BodyPublishers.noBody()).build();
    }

    private JsonNode read(ApiRequest request, HttpResponse<byte[]> response) throws ApiException {
        JsonNode body = parse(response.body());
        if (response.statusCode() / 100 != 2) {
            throw Problem.of(response, body).toException(server, request, credentials.isPresent());
        }
        if (body == null) {
            throw ApiException.unanswered(
                    Outcome.UNKNOWN, server + " answers " + request.path() + " with something that is not JSON", null);
        }
        return body;
    }

    private static @Nullable JsonNode parse(byte[] body) {
        try {
            return body.length == 0 ? MissingNode.getInstance() : JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return null;
        } catch (IOException e) {
            throw new IllegalStateException("reading an array fails for its contents only", e);
        }
    }

    private ApiException failure(ApiRequest request, @Nullable Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure instanceof ConnectException || failure instanceof java.net.http.HttpConnectTimeoutException) {
            return ApiException.unanswered(
                    Outcome.NOT_SENT,
                    isUnresolved(failure)
                            ? "there is no machine of the name " + server.getHost() + " (" + server + ")"
                            : "no broker answers at " + server
                                    + ". Start one with 'millrace serve', or name another with --server URL.",
                    failure);
        }
        if (failure instanceof SSLException) {
            return ApiException.unanswered(
                    Outcome.NOT_SENT,
                    "no safe connection to " + server + ": " + FailureReason.of(failure)
                            + ". MILLRACE_OPTS=-Djavax.net.ssl.trustStore=FILE names the certificates to trust.",
                    failure);
        }
        if (failure instanceof HttpTimeoutException) {
            return ApiException.unanswered(
                    Outcome.UNKNOWN,
                    server + " did not answer within " + request.patience().toSeconds() + " s",
                    failure);
        }
        return ApiException.unanswered(
                Outcome.UNKNOWN,
                "the connection to " + server + " was lost"
                        + (failure == null ? "" : " (" + FailureReason.of(failure) + ")"),
                failure);
    }

    private static boolean isUnresolved(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof UnresolvedAddressException)) {
            cause = cause.getCause();
        }
        return cause != null;
    }
}

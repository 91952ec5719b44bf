package io.millrace.server.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.server.client.ApiException;
import io.millrace.server.client.ApiException.Outcome;
import io.millrace.server.client.HttpApi;
import io.millrace.server.client.QueueClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A way to a queue that outlives the broker's process: where the broker is, each new one writes into its ready file.
 * Asks again until it is answered. For one thread.
 */
final class BrokerLink {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PAUSE_MILLIS = 50;

    private final Path readyFile;
    private final String queue;
    private @Nullable QueueClient client;
    private String address = "";

    BrokerLink(Path readyFile, String queue) {
        this.readyFile = readyFile;
        this.queue = queue;
    }

    /** Something to ask a queue for. */
    interface Question<T> {
        T ask(QueueClient client) throws ApiException, InterruptedException;
    }

    /** What a question that changes something does when its outcome is unknown, before it is asked again. */
    interface Doubt {
        void onUnanswered();
    }

    /** The answer; for what may be asked twice without harm. */
    <T> T ask(Question<T> question) throws ApiException, InterruptedException {
        return ask(question, () -> {});
    }

    /** The answer; {@code doubt} hears of every time that the question may have been answered without our knowing. */
    <T> T ask(Question<T> question, Doubt doubt) throws ApiException, InterruptedException {
        while (true) {
            QueueClient known = connect();
            if (known != null) {
                try {
                    return question.ask(known);
                } catch (ApiException e) {
                    if (e.outcome() == Outcome.UNKNOWN) {
                        doubt.onUnanswered();
                    } else if (!e.isPassing()) {
                        throw e;
                    }
                }
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    /** The result of a request that is under way. */
    static <T> T answer(CompletableFuture<T> request) throws ApiException, InterruptedException {
        try {
            return request.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private @Nullable QueueClient connect() {
        String now = readAddress(readyFile);
        if (!now.isEmpty() && !now.equals(address)) {
            address = now;
            client = new QueueClient(
                    new HttpApi(URI.create("http://" + now), Optional.empty(), Optional.empty()), queue);
        }
        return client;
    }

    /** Where the HTTP door is; empty as long as no broker is ready. */
    static String readAddress(Path readyFile) {
        try {
            return JSON.readTree(Files.readString(readyFile)).path("http").asText("");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(readyFile + " is not JSON", e);
        } catch (IOException e) {
            return "";
        }
    }
}

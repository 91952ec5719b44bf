package io.millrace.api.http;

import com.linecorp.armeria.common.HttpResponse;
import java.util.concurrent.CompletableFuture;

/** Answers the requests of a route. */
@FunctionalInterface
public interface Handler {
    /**
     * The answer to {@code exchange}, at once or later, by any thread. Called on the loop of the connection. What it
     * throws, or what the future fails with, is answered with a problem.
     */
    CompletableFuture<HttpResponse> handle(Exchange exchange) throws Exception;
}

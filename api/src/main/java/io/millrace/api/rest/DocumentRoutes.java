package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.HttpDoorOptions;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The door's own description. */
final class DocumentRoutes {
    private static final String OPENAPI = "openapi.yaml";
    private static final String MEDIA_TYPE = "application/yaml";

    /** What the document says of the place of the door: where the document itself came from. */
    private static final String HERE = "\n  - url: /\n";

    private final byte[] openapi;

    DocumentRoutes(HttpDoorOptions options) {
        openapi = withServer(document(), options).getBytes(StandardCharsets.UTF_8);
    }

    private static String withServer(String document, HttpDoorOptions options) {
        String advertise = options.advertise();
        if (advertise == null) {
            return document;
        }
        String scheme = options.tls() == null ? "http" : "https";
        return document.replace(HERE, "\n  - url: " + scheme + "://" + advertise + "\n");
    }

    private static String document() {
        try (InputStream input = DocumentRoutes.class.getResourceAsStream("/io/millrace/api/" + OPENAPI)) {
            if (input == null) {
                throw new IllegalStateException(OPENAPI + " is missing from the archive");
            }
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Route> routes() {
        return List.of(
                Route.open(HttpMethod.GET, "/v1/openapi.yaml", this::openapi),
                Route.open(HttpMethod.GET, Problem.PATH + "{problem}", this::problem));
    }

    private CompletableFuture<HttpResponse> openapi(Exchange exchange) {
        return exchange.noBody().thenApply(none -> Answers.body(MEDIA_TYPE, openapi));
    }

    private CompletableFuture<HttpResponse> problem(Exchange exchange) {
        return exchange.noBody().thenApply(none -> {
            for (Problem each : Problem.values()) {
                if (each.word().equals(exchange.variable("problem"))) {
                    return Answers.json(
                            200,
                            JsonNodeFactory.instance
                                    .objectNode()
                                    .put("type", each.type())
                                    .put("title", each.title())
                                    .put("status", each.status())
                                    .put("retryable", each.isRetryable()));
                }
            }
            throw new ProblemException(Problem.NO_SUCH_ROUTE, "there is no problem of that name");
        });
    }
}

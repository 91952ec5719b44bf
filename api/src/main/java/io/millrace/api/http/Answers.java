package io.millrace.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import io.netty.buffer.ByteBuf;

/** Makes answers. Stateless; any thread. */
public final class Answers {
    private static final MediaType PROBLEM = MediaType.create("application", "problem+json");

    private Answers() {}

    /** An answer without a body. */
    public static HttpResponse empty() {
        return HttpResponse.of(ResponseHeaders.of(HttpStatus.NO_CONTENT));
    }

    /** An answer with a JSON body. */
    public static HttpResponse json(int status, JsonNode body) {
        return HttpResponse.of(headers(status, MediaType.JSON).build(), HttpData.wrap(bytes(body)));
    }

    /** An answer with a JSON body that is written already; takes the buffer over. */
    public static HttpResponse json(int status, ByteBuf body) {
        return HttpResponse.of(headers(status, MediaType.JSON).build(), HttpData.wrap(body));
    }

    /** An answer with a body of any type. */
    public static HttpResponse body(String mediaType, byte[] body) {
        return HttpResponse.of(headers(200, MediaType.parse(mediaType)).build(), HttpData.wrap(body));
    }

    /** The problem document for {@code refused}. */
    static AggregatedHttpResponse problem(ProblemException refused, boolean lastOfConnection) {
        Problem problem = refused.problem();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("type", problem.type())
                .put("title", problem.title())
                .put("status", problem.status())
                .put("detail", refused.detail())
                .put("retryable", problem.isRetryable());
        refused.figures().forEach(body::put);
        ResponseHeadersBuilder headers = headers(problem.status(), PROBLEM);
        refused.headers().forEach(headers::set);
        if (lastOfConnection) {
            headers.set(HttpHeaderNames.CONNECTION, "close");
        }
        return AggregatedHttpResponse.of(headers.build(), HttpData.wrap(bytes(body)));
    }

    private static ResponseHeadersBuilder headers(int status, MediaType type) {
        return ResponseHeaders.builder(status)
                .contentType(type)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
    }

    private static byte[] bytes(JsonNode body) {
        try {
            return Json.TREE.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values can be written", e);
        }
    }
}

package io.millrace.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.common.stream.SubscriptionOption;
import com.linecorp.armeria.common.util.TimeoutMode;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.base.Check;
import io.millrace.broker.security.Principal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Belongs to the loop of the connection, except where said otherwise. Memory that it has
 * taken of a budget is given back when the answer has left, or cannot any more.
 */
public final class Exchange {
    private static final AttributeKey<Exchange> KEY = AttributeKey.valueOf(Exchange.class, "exchange");

    private final ServiceRequestContext context;
    private final HttpRequest request;
    private final HttpTraffic traffic;
    private final Channel channel;
    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final HttpResponse response = HttpResponse.of(answer);
    private @Nullable Route route;
    private Map<String, String> variables = Map.of();
    private Map<String, String> query = Map.of();
    private @Nullable Principal principal;
    private @Nullable RequestBody body;
    private boolean discarding;
    private @Nullable Runnable onClosing;
    private volatile long answerBytes;

    Exchange(ServiceRequestContext context, HttpRequest request, HttpTraffic traffic) {
        this.context = context;
        this.request = request;
        this.traffic = traffic;
        this.channel = Check.notNull(context.log().partial().channel(), "a request of a server has a channel");
        context.setAttr(KEY, this);
    }

    static @Nullable Exchange of(ServiceRequestContext context) {
        return context.attr(KEY);
    }

    Channel channel() {
        return channel;
    }

    HttpResponse response() {
        return response;
    }

    void route(Route newRoute, Map<String, String> newVariables, Map<String, String> newQuery) {
        route = newRoute;
        variables = newVariables;
        query = newQuery;
    }

    void admitted(Principal newPrincipal) {
        principal = newPrincipal;
    }

    /**
     * Answers the request. A body of HTTP/2 that is on its way is let in first, and dropped, up to the largest that the
     * door takes: clients that look for an answer only when they have sent everything would wait without end. On
     * HTTP/1 they see the connection end.
     */
    void answer(HttpResponse newAnswer) {
        boolean arrived = body != null && body.isComplete();
        if (arrived || !isMultiplex() || request.headers().contentLength() > context.maxRequestLength()) {
            give(newAnswer);
        } else {
            onLoop(() -> {
                discardRest();
                var unused = request.whenComplete().whenComplete((over, failure) -> give(newAnswer));
            });
        }
    }

    private void discardRest() {
        discarding = true;
        if (body == null) {
            var unused = gather(0);
        }
        Check.notNull(body, "the body is being gathered").discardRest();
    }

    private void give(HttpResponse newAnswer) {
        if (!answer.complete(newAnswer)) {
            newAnswer.abort();
        }
    }

    void abandon(Throwable cause) {
        answer.completeExceptionally(cause);
    }

    /** Whether the request is still on its way. */
    boolean awaitsBody() {
        RequestBody awaited = body;
        return discarding || (awaited != null && !awaited.isComplete());
    }

    /** Whether other requests use the connection at the same time. */
    boolean isMultiplex() {
        return context.sessionProtocol().isMultiplex();
    }

    void end(RequestLog log) {
        RequestBody arrived = body;
        if (arrived != null) {
            arrived.giveBack();
        }
        traffic.answerBytes().give(answerBytes);
        Runnable waiting = onClosing;
        if (waiting != null) {
            traffic.forget(waiting);
        }
        Route found = route;
        int status = log.responseHeaders().status().code();
        traffic.end(found == null ? HttpTraffic.NO_ROUTE : found.name(), Math.max(status, HttpTraffic.NO_STATUS));
    }

    /** Who asks, in the space that was asked for. Not for routes that are open. */
    public Principal principal() {
        return Check.notNull(principal, "somebody was let in");
    }

    /** The value of a variable segment of the path. */
    public String variable(String name) {
        return Check.notNull(variables.get(name), "the route has the variable");
    }

    /** The value of a query parameter; null where it is not given. */
    public @Nullable String query(String name) {
        return query.get(name);
    }

    /** The header of the request. */
    public RequestHeaders headers() {
        return request.headers();
    }

    /** The value of a header field as text; null where it is not given. */
    public @Nullable String header(String name) {
        String value = request.headers().get(name);
        return value == null ? null : UrlText.headerText(name, value);
    }

    /** What buffers for the answer come from. Any thread. */
    public ByteBufAllocator allocator() {
        return channel.alloc();
    }

    /** Runs {@code task} on the loop of the connection, at once where that is the caller's. Any thread. */
    public void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else {
            channel.eventLoop().execute(task);
        }
    }

    /** Runs {@code task} on the loop of the connection, behind what waits there. Any thread. */
    public void onLoopLater(Runnable task) {
        channel.eventLoop().execute(task);
    }

    /** The body, at most {@code bytesMax} bytes of it, which the receiver releases. Called once. */
    public CompletableFuture<ByteBuf> bytes(int bytesMax) {
        String encoding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new ProblemException(
                    Problem.UNSUPPORTED_MEDIA_TYPE, "send the body without Content-Encoding; it would not be kept");
        }
        return gather(bytesMax);
    }

    private CompletableFuture<ByteBuf> gather(int bytesMax) {
        RequestBody arriving = new RequestBody(
                traffic.requestBytes(),
                channel.alloc(),
                bytesMax,
                request.headers().contentLength());
        body = arriving;
        request.subscribe(arriving, channel.eventLoop(), SubscriptionOption.WITH_POOLED_OBJECTS);
        return arriving.result();
    }

    /** Completes when it is clear that there is no body. */
    public CompletableFuture<Void> noBody() {
        return bytes(0).thenAccept(ByteBuf::release);
    }

    /** The body as bytes that have to be JSON, see {@link #bytes}. */
    public CompletableFuture<ByteBuf> jsonBytes(int bytesMax) {
        MediaType type = request.contentType();
        if (type != null && !type.is(MediaType.JSON)) {
            throw new ProblemException(
                    Problem.UNSUPPORTED_MEDIA_TYPE, "this route takes JSON: send Content-Type: application/json");
        }
        return bytes(bytesMax);
    }

    /** The body as a JSON object, an empty one where there is no body. */
    public CompletableFuture<JsonObject> json(int bytesMax) {
        return jsonBytes(bytesMax).thenApply(Exchange::parse);
    }

    private static JsonObject parse(ByteBuf bytes) {
        try (ByteBufInputStream input = new ByteBufInputStream(bytes, true)) {
            JsonNode node = bytes.isReadable() ? Json.TREE.readTree(input) : JsonNodeFactory.instance.objectNode();
            return new JsonObject(node, "");
        } catch (IOException e) {
            throw Problems.of(e);
        }
    }

    /** Takes memory for an answer; false where there is too little. Once; any thread. */
    public boolean takeAnswerBytes(int bytes) {
        boolean taken = traffic.answerBytes().take(bytes);
        if (taken) {
            answerBytes = bytes;
        }
        return taken;
    }

    /** Lets the request take {@code millis} from now on. */
    public void allowMillis(long millis) {
        context.setRequestTimeoutMillis(TimeoutMode.SET_FROM_NOW, millis);
    }

    /**
     * Has {@code gone} run when the client has gone or the request has timed out before it was answered. It may run
     * more than once, on the loop of the connection.
     */
    public void whenGone(Runnable gone) {
        ChannelFutureListener listener = closed -> gone.run();
        channel.closeFuture().addListener(listener);
        var unused = response.whenComplete().whenComplete((done, failure) -> {
            channel.closeFuture().removeListener(listener);
            if (failure != null) {
                onLoop(gone);
            }
        });
    }

    /** Has {@code failed} run, on any thread, if the answer could not be given to the network in the end. */
    public void whenNotSent(Runnable failed) {
        var unused = context.log().whenComplete().thenAccept(log -> {
            if (log.responseCause() != null) {
                failed.run();
            }
        });
    }

    /** Has {@code end} run, on any thread and perhaps more than once, when the door closes before this is answered. */
    public void whenClosing(Runnable end) {
        onClosing = end;
        traffic.onClosing(end);
    }
}

package io.millrace.api.http;

import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ExchangeType;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RoutingContext;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.base.Check;
import io.netty.util.AsciiString;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Takes every request of the door: holds it until its turn, lets it in, finds its route, and sees that it is answered.
 * The connection's loop.
 */
public final class DoorService implements HttpService {
    private static final int FIELD_OVERHEAD_BYTES = 32;

    private final RouteTable routes;
    private final Admission admission;
    private final HttpTraffic traffic;
    private final HttpDoorParts parts;
    private final HttpLimits.Requests limits;

    /** Serves {@code routes}. */
    public DoorService(
            RouteTable routes, HttpLimits limits, HttpDoorParts parts, HttpTraffic traffic, SlowWork slowWork) {
        this.routes = routes;
        this.limits = limits.requests();
        this.parts = parts;
        this.traffic = traffic;
        this.admission =
                new Admission(parts.authenticator(), parts.broker().access().permissions(), slowWork);
    }

    @Override
    public ExchangeType exchangeType(RoutingContext routing) {
        return ExchangeType.REQUEST_STREAMING;
    }

    /** Never: what is cached under one spelling of a path would be served for others. */
    @Override
    public boolean shouldCachePath(String path, @Nullable String query, com.linecorp.armeria.server.Route route) {
        return false;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        Exchange exchange = new Exchange(context, request, traffic);
        traffic.begin();
        if (exchange.isMultiplex()) {
            var unused = context.log().whenComplete().thenAccept(exchange::end);
            begin(context, exchange);
        } else {
            serveInTurn(context, exchange);
        }
        return exchange.response();
    }

    private void serveInTurn(ServiceRequestContext context, Exchange exchange) {
        ConnectionGate gate = ConnectionGate.of(exchange.channel());
        ConnectionGate.Turn turn = gate.enter(() -> begin(context, exchange));
        if (turn == null) {
            exchange.abandon(ClosedSessionException.get());
        }
        var unused = context.log().whenComplete().thenAccept(log -> {
            exchange.end(log);
            if (turn != null) {
                exchange.onLoop(() -> gate.leave(turn));
            }
        });
    }

    private void begin(ServiceRequestContext context, Exchange exchange) {
        if (!exchange.channel().isActive()) {
            exchange.abandon(ClosedSessionException.get());
            return;
        }
        try {
            var unused = answer(context, exchange).whenComplete((answer, failure) -> {
                if (failure == null) {
                    exchange.answer(answer);
                } else {
                    exchange.answer(problem(context, failure));
                }
            });
        } catch (Exception e) {
            exchange.answer(problem(context, e));
        }
    }

    /** The size of a header as HTTP/2 counts it (RFC 9113, section 6.5.2). */
    private static long headerBytes(RequestHeaders headers) {
        long bytes = 0;
        for (Map.Entry<AsciiString, String> each : headers) {
            bytes += each.getKey().length() + each.getValue().length() + FIELD_OVERHEAD_BYTES;
        }
        return bytes;
    }

    private static HttpResponse problem(ServiceRequestContext context, Throwable failure) {
        return DoorErrorHandler.problem(context, Problems.of(failure));
    }

    private CompletableFuture<HttpResponse> answer(ServiceRequestContext context, Exchange exchange) throws Exception {
        admission.checkOrigin(exchange.headers());
        String target =
                Check.notNull(context.routingContext().requestTarget().rawPath(), "a request to a server has a target");
        if (target.length() > limits.urlBytesMax()) {
            throw Problems.of(Problem.URL_TOO_LONG.status(), "");
        }
        if (exchange.isMultiplex() && headerBytes(exchange.headers()) > limits.headerBytesMax()) {
            throw Problems.of(Problem.HEADERS_TOO_LARGE.status(), "");
        }
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        RouteTable.Match match = routes.find(context.method(), path);
        if (match == null) {
            return CompletableFuture.completedFuture(withoutRoute(context.method(), path));
        }
        Route route = match.route();
        exchange.route(route, match.variables(), query(route, mark < 0 ? "" : target.substring(mark + 1)));
        if (route.open()) {
            return route.handler().handle(exchange);
        }
        if (traffic.isClosing()) {
            throw Problems.closing();
        }
        if (!parts.broker().started().isDone()) {
            throw new ProblemException(Problem.NOT_READY, "the broker is starting; try again in a moment");
        }
        if (parts.broker().isReplaced()) {
            throw new ProblemException(
                    Problem.NOT_READY, parts.broker().health().reason());
        }
        return admission
                .admit(exchange.headers(), context.remoteAddress().getAddress())
                .thenCompose(principal -> {
                    exchange.admitted(principal);
                    return handled(route, exchange);
                });
    }

    private static CompletableFuture<HttpResponse> handled(Route route, Exchange exchange) {
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        exchange.onLoop(() -> {
            try {
                var unused = route.handler().handle(exchange).whenComplete((done, failure) -> {
                    if (failure == null) {
                        answer.complete(done);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                });
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private HttpResponse withoutRoute(HttpMethod method, String path) {
        String allowed = routes.allowed(path);
        if (allowed.isEmpty()) {
            throw Problems.of(HttpStatus.NOT_FOUND.code(), "");
        }
        if (method == HttpMethod.OPTIONS) {
            return HttpResponse.of(ResponseHeaders.of(HttpStatus.NO_CONTENT, HttpHeaderNames.ALLOW, allowed));
        }
        throw new ProblemException(Problem.METHOD_NOT_ALLOWED, "use one of " + allowed, Map.of("allow", allowed));
    }

    private static Map<String, String> query(Route route, String text) {
        if (text.isEmpty()) {
            return Map.of();
        }
        Map<String, String> values = new HashMap<>();
        for (String each : text.split("&", -1)) {
            int equals = each.indexOf('=');
            String name = UrlText.decode(equals < 0 ? each : each.substring(0, equals), true);
            String value = equals < 0 ? "" : UrlText.decode(each.substring(equals + 1), true);
            if (!route.query().contains(name)) {
                String known = route.query().isEmpty() ? "none" : String.join(", ", route.query());
                throw new ProblemException(
                        Problem.INVALID_VALUE,
                        "there is no query parameter " + JsonObject.shown(name) + " here; known: " + known);
            }
            if (values.put(name, value) != null) {
                throw new ProblemException(Problem.INVALID_VALUE, "query parameter " + name + " is there twice");
            }
        }
        return values;
    }
}

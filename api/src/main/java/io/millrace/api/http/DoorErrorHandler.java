package io.millrace.api.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers with a problem document what the HTTP stack refuses by itself. The connection's loop. */
public final class DoorErrorHandler implements ServerErrorHandler {
    /** After these, what is left of the request is still on its way. */
    private static final Set<Problem> LAST_OF_CONNECTION = EnumSet.of(
            Problem.REQUEST_TIMED_OUT, Problem.BODY_TOO_LARGE, Problem.OUT_OF_MEMORY_BUDGET, Problem.CLOSING);

    private final RouteTable routes;
    private final HttpTraffic traffic;

    /** For a door that serves {@code routes}. */
    public DoorErrorHandler(RouteTable routes, HttpTraffic traffic) {
        this.routes = routes;
        this.traffic = traffic;
    }

    static HttpResponse problem(ServiceRequestContext context, ProblemException refused) {
        boolean last = !context.sessionProtocol().isMultiplex() && LAST_OF_CONNECTION.contains(refused.problem());
        return Answers.problem(refused, last).toHttpResponse();
    }

    @Override
    public HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
        Exchange exchange = Exchange.of(context);
        boolean late = cause instanceof RequestTimeoutException && exchange != null && exchange.awaitsBody();
        return problem(context, late ? Problems.of(Problem.REQUEST_TIMED_OUT.status(), "") : Problems.of(cause));
    }

    @Override
    public AggregatedHttpResponse onProtocolViolation(
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        ProblemException refused = refused(headers, status, description);
        traffic.count(HttpTraffic.NO_ROUTE, refused.problem().status());
        return Answers.problem(refused, false);
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext context,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        return Answers.problem(refused(headers, status, description), false);
    }

    private ProblemException refused(
            @Nullable RequestHeaders headers, HttpStatus status, @Nullable String description) {
        ProblemException refused = Problems.of(status.code(), description == null ? "" : description);
        if (refused.problem() != Problem.METHOD_NOT_ALLOWED) {
            return refused;
        }
        String path = headers == null ? "/" : headers.path();
        int mark = path.indexOf('?');
        String allowed = routes.allowed(mark < 0 ? path : path.substring(0, mark));
        return new ProblemException(refused.problem(), refused.detail(), Map.of("allow", allowed));
    }
}

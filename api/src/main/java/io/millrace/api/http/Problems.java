package io.millrace.api.http;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.security.MalformedDefinitionException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says which problem a failure is. Stateless; any thread. */
final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private static final Map<String, String> AFTER_A_SECOND = Map.of("retry-after", "1");

    private Problems() {}

    /** The problem that {@code failure} is; a fault of ours is logged. */
    static ProblemException of(Throwable failure) {
        Throwable cause = Exceptions.peel(failure);
        if (cause instanceof ProblemException problem) {
            return problem;
        }
        if (cause instanceof BrokerException refused) {
            Problem problem = of(refused.error());
            boolean soon = problem == Problem.OVERLOADED || problem == Problem.TOO_MANY_LEASES;
            return new ProblemException(
                    problem, String.valueOf(refused.getMessage()), soon ? AFTER_A_SECOND : Map.of());
        }
        if (cause instanceof MalformedDefinitionException malformed) {
            return new ProblemException(Problem.INVALID_VALUE, String.valueOf(malformed.getMessage()));
        }
        if (cause instanceof JsonProcessingException json) {
            return of(json);
        }
        if (cause instanceof HttpStatusException status) {
            return of(status.httpStatus().code(), "");
        }
        if (cause instanceof ContentTooLargeException) {
            return of(Problem.BODY_TOO_LARGE.status(), "");
        }
        if (cause instanceof RequestTimeoutException) {
            return new ProblemException(
                    Problem.TIMED_OUT, "the operation may or may not have been done; look before doing it again");
        }
        if (cause instanceof ShuttingDownException) {
            return closing();
        }
        if (Exceptions.isExpected(cause) || Exceptions.isStreamCancelling(cause)) {
            return new ProblemException(Problem.MALFORMED_REQUEST, "the request ended before it was complete");
        }
        LOG.error("a request failed with a fault of ours", cause);
        return new ProblemException(Problem.INTERNAL, "the log of the broker says more");
    }

    static ProblemException closing() {
        return new ProblemException(Problem.CLOSING, "the broker is shutting down; try again once it is back");
    }

    private static Problem of(BrokerError error) {
        return switch (error) {
            case QUEUE_NOT_FOUND -> Problem.QUEUE_NOT_FOUND;
            case QUEUE_EXISTS -> Problem.QUEUE_EXISTS;
            case TOPIC_NOT_FOUND -> Problem.TOPIC_NOT_FOUND;
            case TOPIC_EXISTS -> Problem.TOPIC_EXISTS;
            case PARTITION_NOT_FOUND -> Problem.PARTITION_NOT_FOUND;
            case NAME_TAKEN -> Problem.NAME_TAKEN;
            case QUEUE_FULL -> Problem.QUEUE_FULL;
            case SUBSCRIPTION_NOT_FOUND -> Problem.SUBSCRIPTION_NOT_FOUND;
            case SUBSCRIPTION_EXISTS -> Problem.SUBSCRIPTION_EXISTS;
            case EXCHANGE_NOT_FOUND -> Problem.EXCHANGE_NOT_FOUND;
            case EXCHANGE_EXISTS -> Problem.EXCHANGE_EXISTS;
            case QUEUE_REFERENCED -> Problem.QUEUE_REFERENCED;
            case TOPIC_REFERENCED -> Problem.TOPIC_REFERENCED;
            case REDRIVE_RUNNING -> Problem.REDRIVE_RUNNING;
            case EXCHANGE_IN_USE -> Problem.EXCHANGE_IN_USE;
            case EXCHANGE_INTERNAL -> Problem.EXCHANGE_INTERNAL;
            case BINDING_NOT_FOUND -> Problem.BINDING_NOT_FOUND;
            case SCHEDULE_NOT_FOUND -> Problem.SCHEDULE_NOT_FOUND;
            case SCHEDULE_EXISTS -> Problem.SCHEDULE_EXISTS;
            case SPACE_NOT_FOUND -> Problem.SPACE_NOT_FOUND;
            case SPACE_NOT_EMPTY -> Problem.SPACE_NOT_EMPTY;
            case USER_NOT_FOUND -> Problem.USER_NOT_FOUND;
            case INVALID -> Problem.INVALID_VALUE;
            case FORBIDDEN -> Problem.FORBIDDEN;
            case MESSAGE_TOO_LARGE -> Problem.MESSAGE_TOO_LARGE;
            case OVERLOADED -> Problem.OVERLOADED;
            case OUT_OF_SPACE -> Problem.OUT_OF_SPACE;
            case SEQUENCE_KNOWN -> Problem.SEQUENCE_KNOWN;
            case SEQUENCE_OUT_OF_ORDER -> Problem.SEQUENCE_OUT_OF_ORDER;
            case PRODUCER_FENCED -> Problem.PRODUCER_FENCED;
            case LEASE_ENDED -> Problem.LEASE_LOST;
            case TRANSACTION_UNDECIDED -> Problem.TRANSACTION_UNDECIDED;
            case TOO_MANY_LEASES -> Problem.TOO_MANY_LEASES;
            case QUEUE_IN_USE -> Problem.QUEUE_IN_USE;
            case CONSUMER_REQUIRED -> Problem.CONSUMER_REQUIRED;
            case CONSUMER_NOT_FOUND -> Problem.CONSUMER_NOT_FOUND;
            case TOO_MANY_CONSUMERS -> Problem.TOO_MANY_CONSUMERS;
            case STORAGE_FAILED -> Problem.STORAGE_FAILED;
            case CLOSING -> Problem.CLOSING;
        };
    }

    /** The original message repeats the text around the fault; a stranger's text stays out of answers and logs. */
    private static ProblemException of(JsonProcessingException malformed) {
        JsonLocation location = malformed.getLocation();
        String place = location == null
                ? ""
                : " at line " + location.getLineNr() + ", column " + Math.max(location.getColumnNr(), 0);
        String fault = malformed instanceof StreamConstraintsException
                ? "nests deeper, or has longer names, strings or numbers, or more values, than is accepted,"
                : "is not well-formed JSON or ends early,";
        return new ProblemException(Problem.MALFORMED_JSON, "the body " + fault + " seen" + place);
    }

    /**
     * The problem behind a status that the HTTP stack has chosen.
     *
     * @param reason what the stack says, empty where it says nothing
     */
    static ProblemException of(int status, String reason) {
        return switch (status) {
            case 404 -> new ProblemException(Problem.NO_SUCH_ROUTE, "GET /v1/openapi.yaml describes what there is");
            case 405 -> new ProblemException(Problem.METHOD_NOT_ALLOWED, "use one of the methods of the Allow header");
            case 408 ->
                new ProblemException(Problem.REQUEST_TIMED_OUT, "send the request faster, or in smaller pieces");
            case 413 -> new ProblemException(Problem.BODY_TOO_LARGE, "send a smaller body, or several requests");
            case 414 -> new ProblemException(Problem.URL_TOO_LONG, "shorten the URL");
            case 415 -> new ProblemException(Problem.UNSUPPORTED_MEDIA_TYPE, "send another type of body");
            case 417 -> new ProblemException(Problem.EXPECTATION_FAILED, "the only expectation known is 100-continue");
            case 431 -> new ProblemException(Problem.HEADERS_TOO_LARGE, "send fewer or shorter header fields");
            case 503 -> closing();
            default ->
                status >= 400 && status < 500
                        ? new ProblemException(
                                Problem.MALFORMED_REQUEST, reason.isEmpty() ? "it cannot be read" : reason.strip())
                        : new ProblemException(Problem.INTERNAL, "the log of the broker says more");
        };
    }
}

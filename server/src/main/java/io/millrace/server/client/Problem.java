package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.server.client.ApiException.Outcome;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why a broker refused a request, as its problem document says (RFC 9457). Immutable; any thread.
 *
 * @param status the status of the answer
 * @param name the last part of the problem's type; empty where the answer was no problem document
 * @param retryAfter what the header {@code Retry-After} says; zero where it is not there
 */
record Problem(int status, String name, String title, String detail, Duration retryAfter) {
    /** What a broker answers that does not know itself whether the request was done. */
    private static final Set<String> OUTCOME_UNKNOWN = Set.of("storage-failed", "timed-out", "internal");

    private static final Set<Integer> PASSING = Set.of(408, 429, 503);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    static Problem of(HttpResponse<?> response, @Nullable JsonNode body) {
        String type = text(body, "type");
        return new Problem(
                response.statusCode(),
                type.substring(type.lastIndexOf('/') + 1),
                text(body, "title"),
                text(body, "detail"),
                retryAfter(response));
    }

    private static String text(@Nullable JsonNode body, String field) {
        return body == null ? "" : body.path(field).asText("").replaceAll("\\p{Cntrl}", "?");
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        try {
            return response.headers()
                    .firstValue("Retry-After")
                    .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                    .orElse(Duration.ZERO);
        } catch (NumberFormatException e) {
            return Duration.ZERO; // a date: nothing that a broker sends
        }
    }

    ApiException toException(URI server, ApiRequest request, boolean hasCredentials) {
        boolean unknown = OUTCOME_UNKNOWN.contains(name) || (status >= 500 && name.isEmpty());
        boolean passing = PASSING.contains(status) && !unknown;
        Duration wait = passing && retryAfter.isZero() ? RETRY_AFTER : retryAfter;
        return ApiException.answered(
                unknown ? Outcome.UNKNOWN : Outcome.REFUSED,
                status,
                name,
                passing ? wait : Duration.ZERO,
                message(server, request) + advice(hasCredentials));
    }

    private String message(URI server, ApiRequest request) {
        if (name.isEmpty()) {
            return server + " answers " + request.method() + " " + request.path() + " with status " + status
                    + ", and not as a broker would";
        }
        return detail.isEmpty() ? title : title + ": " + detail;
    }

    private String advice(boolean hasCredentials) {
        if (status != 401 || name.isEmpty()) {
            return "";
        }
        return hasCredentials
                ? ". Is --user or MILLRACE_USER right, and the password?"
                : ". Say who you are with --user NAME, and the password in MILLRACE_PASSWORD or --password-file.";
    }
}

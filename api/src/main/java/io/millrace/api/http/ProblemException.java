package io.millrace.api.http;

import java.util.Map;

/**
 * A request is refused. An answer, not a fault: it carries no stack trace. Any thread.
 *
 * <p>The detail is for whoever asked: what is wrong this time, and what to do. It never repeats a credential.
 */
public final class ProblemException extends RuntimeException {
    private final Problem problem;
    private final String detail;
    private final Map<String, String> headers;
    private final Map<String, Long> figures;

    /** Makes one. */
    public ProblemException(Problem problem, String detail) {
        this(problem, detail, Map.of());
    }

    /** Makes one whose answer has {@code headers}. */
    public ProblemException(Problem problem, String detail, Map<String, String> headers) {
        this(problem, detail, headers, Map.of());
    }

    private ProblemException(Problem problem, String detail, Map<String, String> headers, Map<String, Long> figures) {
        super(detail, null, false, false);
        this.problem = problem;
        this.detail = detail;
        this.headers = headers;
        this.figures = figures;
    }

    /** Makes one whose answer has {@code figures}, by name, beside what every problem has. */
    public static ProblemException withFigures(Problem problem, String detail, Map<String, Long> figures) {
        return new ProblemException(problem, detail, Map.of(), figures);
    }

    /** What is wrong. */
    public Problem problem() {
        return problem;
    }

    /** What is wrong this time. */
    public String detail() {
        return detail;
    }

    /** Headers of the answer. */
    Map<String, String> headers() {
        return headers;
    }

    /** What its answer has beside what every problem has. */
    Map<String, Long> figures() {
        return figures;
    }
}

package io.millrace.api.rest;

import com.fasterxml.jackson.core.JsonToken;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import org.jspecify.annotations.Nullable;

/** What is wrong with JSON that is read as a stream, as problems. Stateless; any thread. */
final class JsonFaults {
    private JsonFaults() {}

    /** Fails with {@code fault} where {@code found} is not what was {@code wanted}; null is the end. */
    static void expect(@Nullable JsonToken found, @Nullable JsonToken wanted, String fault) {
        if (found != wanted) {
            throw malformed(fault);
        }
    }

    static ProblemException noField(String field) {
        return invalid("there is no field " + field);
    }

    static ProblemException invalid(String detail) {
        return new ProblemException(Problem.INVALID_VALUE, detail);
    }

    static ProblemException malformed(String detail) {
        return new ProblemException(Problem.MALFORMED_JSON, detail);
    }
}

package io.millrace.api.rest;

import io.millrace.api.http.JsonObject;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.selector.SelectorCache;
import io.millrace.broker.selector.SelectorException;
import io.millrace.broker.selector.SelectorFilter;
import org.jspecify.annotations.Nullable;

/** Selectors of requests, each text compiled once. Any thread. */
final class Selectors {
    private final SelectorCache cache = new SelectorCache();

    /** The selector that {@code text} is; the problem says so of {@code what} where it is none. */
    Selector compiled(String what, String text) {
        try {
            return cache.compiled(text);
        } catch (SelectorException e) {
            throw new ProblemException(Problem.INVALID_VALUE, what + " is wrong " + e.getMessage());
        }
    }

    /** Has messages looked at as the field {@code selector} says; null where it is absent or blank. */
    @Nullable
    SelectorFilter filter(JsonObject fields) {
        String text = fields.text("selector");
        return text == null || text.isBlank() ? null : new SelectorFilter(compiled("selector", text));
    }
}

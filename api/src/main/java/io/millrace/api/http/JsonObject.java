package io.millrace.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.text.Utf8;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object of a request strictly: each field is taken by name and type, {@link #end} refuses what nobody
 * took. Every fault is a {@link ProblemException} that names the field. One thread, once.
 */
public final class JsonObject {
    private static final int SHOWN_CHARS_MAX = 40;

    private final JsonNode node;
    private final String path;
    private final Set<String> taken = new HashSet<>();

    /** Reads {@code node}; messages call it {@code path}, which is empty for the whole body. */
    public JsonObject(JsonNode node, String path) {
        if (!node.isObject()) {
            throw malformed((path.isEmpty() ? "the body" : path) + " is not a JSON object");
        }
        this.node = node;
        this.path = path;
    }

    /** Whether the field is there. */
    public boolean has(String field) {
        return node.has(field);
    }

    /** A text; null where the field is absent. */
    public @Nullable String text(String field) {
        JsonNode value = take(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw malformed(at(field) + " is not a string");
        }
        if (!Utf8.canCarry(value.textValue())) {
            throw malformed(at(field) + " has half of a surrogate pair");
        }
        return value.textValue();
    }

    /** A text that has to be there. */
    public String requiredText(String field) {
        String text = text(field);
        if (text == null) {
            throw malformed(at(field) + " is missing");
        }
        return text;
    }

    /** A whole number from {@code least} to {@code most}; {@code otherwise} where the field is absent. */
    public long number(String field, long least, long most, long otherwise) {
        JsonNode value = take(field);
        if (value == null) {
            return otherwise;
        }
        if (!value.isIntegralNumber()) {
            throw malformed(at(field) + " is not a whole number");
        }
        if (!value.canConvertToLong() || value.longValue() < least || value.longValue() > most) {
            throw new ProblemException(Problem.INVALID_VALUE, at(field) + " is " + least + " to " + most);
        }
        return value.longValue();
    }

    /** True or false; null where the field is absent. */
    public @Nullable Boolean flag(String field) {
        JsonNode value = take(field);
        if (value != null && !value.isBoolean()) {
            throw malformed(at(field) + " is neither true nor false");
        }
        return value == null ? null : value.booleanValue();
    }

    /** Whatever is there; null where the field is absent. */
    public @Nullable JsonNode any(String field) {
        return take(field);
    }

    /** The elements of an array; null where the field is absent. */
    public @Nullable List<JsonNode> list(String field, int most) {
        JsonNode value = take(field);
        if (value == null) {
            return null;
        }
        if (!value.isArray()) {
            throw malformed(at(field) + " is not an array");
        }
        if (value.size() > most) {
            throw new ProblemException(Problem.INVALID_VALUE, at(field) + " has more than " + most + " elements");
        }
        List<JsonNode> elements = new ArrayList<>();
        value.forEach(elements::add);
        return elements;
    }

    /** Refuses fields that nobody took. */
    public void end() {
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!taken.contains(name)) {
                throw new ProblemException(Problem.INVALID_VALUE, "there is no field " + at(shown(name)));
            }
        }
    }

    /** How messages call a field. */
    public String at(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private @Nullable JsonNode take(String field) {
        taken.add(field);
        return node.get(field);
    }

    private static ProblemException malformed(String detail) {
        return new ProblemException(Problem.MALFORMED_JSON, detail);
    }

    /** A stranger's text, short and on one line. */
    public static String shown(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= SHOWN_CHARS_MAX ? clean : clean.substring(0, SHOWN_CHARS_MAX) + "...";
    }
}

package io.millrace.broker.security;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object strictly: each field is taken by name and type, and {@link #end} refuses what nobody took.
 *
 * <p>Single use, one thread. Every fault is a {@link MalformedDefinitionException} that names the path.
 */
public final class JsonFields {
    private final JsonNode node;
    private final String path;
    private final Set<String> taken = new HashSet<>();

    public JsonFields(JsonNode node, String path) {
        if (!node.isObject()) {
            throw new MalformedDefinitionException(path, "not an object");
        }
        this.node = node;
        this.path = path;
    }

    /** A text; null where the field is absent; JSON's null is refused. */
    public @Nullable String textIfPresent(String field) {
        return node.has(field) ? text(field) : null;
    }

    public String text(String field) {
        JsonNode value = required(field);
        if (!value.isTextual()) {
            throw fault(field, "not a string");
        }
        return value.textValue();
    }

    public boolean flag(String field) {
        JsonNode value = required(field);
        if (!value.isBoolean()) {
            throw fault(field, "neither true nor false");
        }
        return value.booleanValue();
    }

    /** A whole number; {@code otherwise} where the field is absent. */
    public long number(String field, long otherwise) {
        return node.has(field) ? number(field) : otherwise;
    }

    public long number(String field) {
        JsonNode value = required(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw fault(field, "not a whole number of 64 bits");
        }
        return value.longValue();
    }

    int iterations(String field) {
        long number = number(field);
        if (number != (int) number) {
            throw fault(field, "not a whole number of 32 bits");
        }
        return (int) number;
    }

    SecretBytes secret(String field) {
        String text = text(field);
        return made(field, () -> SecretBytes.ofBase64(text));
    }

    /** Whatever is there, unread. */
    public JsonNode any(String field) {
        return required(field);
    }

    /** Whether the field is there. */
    public boolean has(String field) {
        return node.has(field);
    }

    public JsonFields object(String field) {
        return new JsonFields(required(field), path + "." + field);
    }

    /** The object, or null where the field is absent; JSON's null is refused. */
    @Nullable
    JsonFields objectIfPresent(String field) {
        return node.has(field) ? object(field) : null;
    }

    /** The elements of an array of at most {@code most}, each read by {@code element} from its node and path. */
    public <T> List<T> list(String field, int most, BiFunction<JsonNode, String, T> element) {
        JsonNode array = required(field);
        if (!array.isArray()) {
            throw fault(field, "not an array");
        }
        if (array.size() > most) {
            throw fault(field, "has more than " + most + " elements");
        }
        List<T> elements = new ArrayList<>();
        for (int at = 0; at < array.size(); at++) {
            elements.add(element.apply(array.get(at), path + "." + field + "[" + at + "]"));
        }
        return elements;
    }

    /** Runs {@code maker}; what it refuses is this field's fault. */
    public <T> T made(String field, Supplier<T> maker) {
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            throw fault(field, String.valueOf(e.getMessage()));
        }
    }

    /** Refuses fields that were not asked for, then runs {@code maker}; what it refuses is the object's fault. */
    public <T> T end(Supplier<T> maker) {
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!taken.contains(name)) {
                throw new MalformedDefinitionException(path, "has an unknown field " + shown(name));
            }
        }
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            throw new MalformedDefinitionException(path, String.valueOf(e.getMessage()));
        }
    }

    MalformedDefinitionException fault(String field, String reason) {
        return new MalformedDefinitionException(path + "." + field, reason);
    }

    /** The name of the only field that is there. */
    public String onlyField() {
        if (node.size() != 1) {
            throw new MalformedDefinitionException(path, "has not exactly one field");
        }
        return node.fieldNames().next();
    }

    static String textElement(JsonNode node, String path) {
        if (!node.isTextual()) {
            throw new MalformedDefinitionException(path, "not a string");
        }
        return node.textValue();
    }

    private JsonNode required(String field) {
        taken.add(field);
        JsonNode value = node.get(field);
        if (value == null) {
            throw fault(field, "missing");
        }
        return value;
    }

    /** A stranger's field name, short and on one line. */
    private static String shown(String name) {
        String clean = name.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= 40 ? clean : clean.substring(0, 40) + "...";
    }
}

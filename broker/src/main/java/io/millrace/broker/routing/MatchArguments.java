package io.millrace.broker.routing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a binding, which an exchange of the type headers compares with the headers of a message; other types
 * do not look at them. {@code x-match} says whether all have to be there ({@code all}, unless it is said) or one is
 * enough ({@code any}); arguments whose names begin with {@code x-} count only with {@code all-with-x} and
 * {@code any-with-x}. A value is compared with its type; null asks for no more than that the header is there.
 *
 * <p>In JSON an object: texts, whole numbers of 64 bits, numbers, true and false, {@code {"base64": "..."}} for bytes,
 * null. At most {@value #COUNT_MAX} of them and {@value #BYTES_MAX} bytes. Immutable; any thread.
 */
public final class MatchArguments {
    public static final int COUNT_MAX = 64;
    public static final int BYTES_MAX = 16 << 10;

    /** No arguments. */
    public static final MatchArguments NONE = new MatchArguments("{}", MatchMode.ALL, List.of());

    private static final String MATCH = "x-match";

    private final String text;
    private final MatchMode mode;
    private final List<String> wanted;

    private MatchArguments(String text, MatchMode mode, List<String> wanted) {
        this.text = text;
        this.mode = mode;
        this.wanted = wanted;
    }

    /** Reads them; an {@link IllegalArgumentException} says what is wrong. */
    public static MatchArguments of(JsonNode arguments) {
        if (!arguments.isObject()) {
            throw new IllegalArgumentException("arguments is not an object");
        }
        if (arguments.size() > COUNT_MAX) {
            throw new IllegalArgumentException("there are at most " + COUNT_MAX + " arguments");
        }
        if (arguments.isEmpty()) {
            return NONE;
        }
        MatchMode mode = mode(arguments.get(MATCH));
        List<String> wanted = new ArrayList<>();
        for (Map.Entry<String, JsonNode> each : arguments.properties()) {
            String name = each.getKey();
            String key = key(name, each.getValue());
            if (!name.equals(MATCH) && mode.counts(name)) {
                wanted.add(key);
            }
        }
        return new MatchArguments(RoutingJson.write("arguments", arguments, BYTES_MAX), mode, List.copyOf(wanted));
    }

    /** The same from {@link #text}. */
    public static MatchArguments ofText(String text) {
        return text.equals(NONE.text) ? NONE : of(RoutingJson.read("arguments", text));
    }

    private static MatchMode mode(@Nullable JsonNode said) {
        if (said == null) {
            return MatchMode.ALL;
        }
        MatchMode mode = said.isTextual() ? MatchMode.named(said.textValue()) : null;
        if (mode == null) {
            throw new IllegalArgumentException("x-match is all, any, all-with-x or any-with-x");
        }
        return mode;
    }

    private static String key(String name, JsonNode value) {
        if (value.isNull()) {
            return HeaderKey.presence(name);
        }
        if (value.isTextual()) {
            return HeaderKey.value(name, value.textValue());
        }
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return HeaderKey.value(name, value.longValue());
        }
        if (value.isFloatingPointNumber() && Double.isFinite(value.doubleValue())) {
            return HeaderKey.value(name, value.doubleValue());
        }
        if (value.isBoolean()) {
            return HeaderKey.value(name, value.booleanValue());
        }
        JsonNode bytes = value.size() == 1 ? value.get("base64") : null;
        if (bytes != null && bytes.isTextual()) {
            return HeaderKey.value(name, bytes(bytes.textValue()));
        }
        throw new IllegalArgumentException("an argument is not a text, a whole number of 64 bits, a number, true,"
                + " false, null or {\"base64\": \"...\"}");
    }

    private static byte[] bytes(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the bytes of an argument are not base64", e);
        }
    }

    /** The arguments as JSON; the same text for the same arguments. */
    public String text() {
        return text;
    }

    /** Whether one of {@link #wanted} is enough. */
    boolean isAny() {
        return mode.isAny();
    }

    /** What headers are asked for, as {@link HeaderKey} spells it. */
    List<String> wanted() {
        return wanted;
    }

    /** The arguments as a tree. */
    public JsonNode json() {
        return RoutingJson.read("arguments", text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MatchArguments arguments && arguments.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}

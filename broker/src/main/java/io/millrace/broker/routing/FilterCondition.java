package io.millrace.broker.routing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One condition of a filter policy on one header. Immutable; any thread; linear in the header. */
@FunctionalInterface
interface FilterCondition {
    /** Whether it holds for {@code value}, which is null where the message has no such header. */
    boolean holds(@Nullable Object value);

    /** Reads one; an {@link IllegalArgumentException} calls it {@code path}. */
    static FilterCondition of(JsonNode node, String path) {
        if (!node.isObject()) {
            return equal(node, path);
        }
        if (node.size() != 1) {
            throw new IllegalArgumentException(path + " is not an object with one field, the kind of the condition");
        }
        Map.Entry<String, JsonNode> only = node.properties().iterator().next();
        String inner = path + "." + RoutingJson.shown(only.getKey());
        JsonNode operand = only.getValue();
        return switch (only.getKey()) {
            case "prefix", "suffix", "equals-ignore-case" -> ofText(only.getKey(), text(operand, inner));
            case "anything-but" -> anythingBut(operand, inner);
            case "numeric" -> NumericRange.of(operand, inner);
            case "cidr" -> AddressRange.of(text(operand, inner), inner);
            case "exists" -> exists(operand, inner);
            default ->
                throw new IllegalArgumentException(path + " has none of prefix, suffix, equals-ignore-case,"
                        + " anything-but, numeric, cidr, exists");
        };
    }

    /** For how many conditions one counts. */
    static int count(JsonNode node) {
        JsonNode excluded = node.path("anything-but");
        return excluded.isArray() ? Math.max(1, excluded.size()) : 1;
    }

    private static FilterCondition equal(JsonNode node, String path) {
        if (node.isTextual()) {
            return node.textValue()::equals;
        }
        if (node.isNumber()) {
            return NumericRange.equal(node.doubleValue());
        }
        if (node.isBoolean()) {
            return Boolean.valueOf(node.booleanValue())::equals;
        }
        throw new IllegalArgumentException(path + " is not a text, a number, true, false or an object");
    }

    private static FilterCondition ofText(String kind, String operand) {
        return switch (kind) {
            case "prefix" -> value -> value instanceof String text && text.startsWith(operand);
            case "suffix" -> value -> value instanceof String text && text.endsWith(operand);
            default -> value -> value instanceof String text && text.equalsIgnoreCase(operand);
        };
    }

    private static FilterCondition anythingBut(JsonNode node, String path) {
        List<FilterCondition> excluded = new ArrayList<>();
        if (node.isObject()) {
            if (node.size() != 1 || !(node.has("prefix") || node.has("suffix") || node.has("equals-ignore-case"))) {
                throw new IllegalArgumentException(path + " has not one of prefix, suffix, equals-ignore-case");
            }
            excluded.add(of(node, path));
        } else if (node.isArray()) {
            for (int at = 0; at < node.size(); at++) {
                excluded.add(textOrNumber(node.get(at), path + "[" + at + "]"));
            }
        } else {
            excluded.add(textOrNumber(node, path));
        }
        if (excluded.isEmpty()) {
            throw new IllegalArgumentException(path + " is empty");
        }
        return value -> value != null && excluded.stream().noneMatch(each -> each.holds(value));
    }

    private static FilterCondition textOrNumber(JsonNode node, String path) {
        if (!node.isTextual() && !node.isNumber()) {
            throw new IllegalArgumentException(path + " is not a text or a number");
        }
        return equal(node, path);
    }

    private static FilterCondition exists(JsonNode node, String path) {
        if (!node.isBoolean()) {
            throw new IllegalArgumentException(path + " is neither true nor false");
        }
        boolean wanted = node.booleanValue();
        return value -> (value != null) == wanted;
    }

    private static String text(JsonNode node, String path) {
        if (!node.isTextual() || node.textValue().isEmpty()) {
            throw new IllegalArgumentException(path + " is not a text of one character or more");
        }
        return node.textValue();
    }
}

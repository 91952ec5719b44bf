package io.millrace.broker.routing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the headers of a message have to be for a binding to take it, in the language of the filter policies of Amazon
 * SNS (Developer Guide, "Filter policy constraints"): an object whose fields are names of headers, each with an array
 * of conditions of which one has to hold; all fields have to. The field {@code $or} has an array of such objects, of
 * which one has to hold.
 *
 * <p>At most {@value #BYTES_MAX} bytes, {@value #CONDITIONS_MAX} conditions and {@value #DEPTH_MAX} levels of
 * {@code $or}. Each condition is looked at once for a message at most, and takes time linear in the header that it
 * looks at. Immutable; any thread.
 */
public final class FilterPolicy {
    public static final int BYTES_MAX = 16 << 10;
    public static final int CONDITIONS_MAX = 256;
    public static final int DEPTH_MAX = 5;

    private static final String OR = "$or";

    private final String text;
    private final Node root;

    private FilterPolicy(String text, Node root) {
        this.text = text;
        this.root = root;
    }

    private interface Node {
        boolean matches(RoutedMessage message);
    }

    /** Reads one; an {@link IllegalArgumentException} says what is wrong where. */
    public static FilterPolicy of(JsonNode policy) {
        String text = RoutingJson.write("filter", policy, BYTES_MAX);
        return new FilterPolicy(text, new Reader().object(policy, "filter", 0));
    }

    /** The same from {@link #text}. */
    public static FilterPolicy ofText(String text) {
        return of(RoutingJson.read("filter", text));
    }

    /** Whether it lets {@code message} through. */
    boolean matches(RoutedMessage message) {
        return root.matches(message);
    }

    /** The policy as JSON; the same text for the same policy. */
    public String text() {
        return text;
    }

    /** The policy as a tree. */
    public JsonNode json() {
        return RoutingJson.read("filter", text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FilterPolicy policy && policy.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    private record All(List<Node> nodes) implements Node {
        @Override
        public boolean matches(RoutedMessage message) {
            for (Node each : nodes) {
                if (!each.matches(message)) {
                    return false;
                }
            }
            return true;
        }
    }

    private record Any(List<Node> nodes) implements Node {
        @Override
        public boolean matches(RoutedMessage message) {
            for (Node each : nodes) {
                if (each.matches(message)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A header, and the conditions of which one has to hold for it. */
    private record Header(String name, List<FilterCondition> conditions) implements Node {
        @Override
        public boolean matches(RoutedMessage message) {
            Object value = message.header(name);
            for (FilterCondition each : conditions) {
                if (each.holds(value)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Reads one policy, and counts. */
    private static final class Reader {
        private int conditions;

        Node object(JsonNode node, String path, int depth) {
            if (!node.isObject() || node.isEmpty()) {
                throw new IllegalArgumentException(path + " is not an object with the names of headers");
            }
            List<Node> nodes = new ArrayList<>();
            for (Map.Entry<String, JsonNode> each : node.properties()) {
                String inner = path + "." + RoutingJson.shown(each.getKey());
                nodes.add(
                        each.getKey().equals(OR)
                                ? or(each.getValue(), inner, depth)
                                : header(each.getKey(), each.getValue(), inner));
            }
            return nodes.size() == 1 ? nodes.get(0) : new All(nodes);
        }

        private Node or(JsonNode array, String path, int depth) {
            if (!array.isArray() || array.size() < 2) {
                throw new IllegalArgumentException(path + " is not an array of two objects or more");
            }
            if (depth == DEPTH_MAX) {
                throw new IllegalArgumentException(path + " is deeper than " + DEPTH_MAX + " levels of $or");
            }
            List<Node> nodes = new ArrayList<>();
            for (int at = 0; at < array.size(); at++) {
                nodes.add(object(array.get(at), path + "[" + at + "]", depth + 1));
            }
            return new Any(nodes);
        }

        private Node header(String name, JsonNode array, String path) {
            if (!array.isArray() || array.isEmpty()) {
                throw new IllegalArgumentException(path + " is not an array of conditions");
            }
            List<FilterCondition> found = new ArrayList<>();
            for (int at = 0; at < array.size(); at++) {
                found.add(FilterCondition.of(array.get(at), path + "[" + at + "]"));
                conditions += FilterCondition.count(array.get(at));
            }
            if (conditions > CONDITIONS_MAX) {
                throw new IllegalArgumentException("the filter has more than " + CONDITIONS_MAX + " conditions");
            }
            return new Header(name, List.copyOf(found));
        }
    }
}

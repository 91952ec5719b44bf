package io.millrace.api.http;

import com.linecorp.armeria.common.HttpMethod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route for a path as it was sent, segment by segment, so that a name may hold an encoded slash. Immutable;
 * any thread.
 */
public final class RouteTable {
    private final List<Route> routes;
    /** The routes with their segments, by the number of segments. */
    private final Map<Integer, List<Compiled>> bySegments = new HashMap<>();

    /** A table of {@code routes}. */
    public RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
        for (Route each : routes) {
            String[] segments = segments(each.path());
            bySegments
                    .computeIfAbsent(segments.length, count -> new ArrayList<>())
                    .add(new Compiled(each, segments));
        }
    }

    private record Compiled(Route route, String[] segments) {
        /** Whether {@code found} fits, by the segments that do not vary. */
        boolean fits(String[] found) {
            for (int i = 0; i < segments.length; i++) {
                if (!isVariable(segments[i]) && !segments[i].equals(found[i])) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * A route with the values of the variable segments of its path, by their name.
     *
     * @param route the route
     * @param variables the values, decoded
     */
    record Match(Route route, Map<String, String> variables) {}

    /** All routes. */
    public List<Route> routes() {
        return routes;
    }

    /** The route for {@code path}, which is not decoded; null where there is none with that method. */
    @Nullable
    Match find(HttpMethod method, String path) {
        HttpMethod wanted = method == HttpMethod.HEAD ? HttpMethod.GET : method;
        String[] found = segments(path);
        for (Compiled each : bySegments.getOrDefault(found.length, List.of())) {
            if (each.route().method() == wanted && each.fits(found)) {
                return new Match(each.route(), variables(each, found));
            }
        }
        return null;
    }

    /** The methods that {@code path} takes, as the Allow header spells them; empty where it takes none. */
    String allowed(String path) {
        String[] found = segments(path);
        TreeSet<String> methods = new TreeSet<>();
        for (Compiled each : bySegments.getOrDefault(found.length, List.of())) {
            if (each.fits(found)) {
                methods.add(each.route().method().name());
            }
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        if (!methods.isEmpty()) {
            methods.add("OPTIONS");
        }
        return String.join(", ", methods);
    }

    private static Map<String, String> variables(Compiled route, String[] found) {
        Map<String, String> variables = new HashMap<>(4);
        for (int i = 0; i < found.length; i++) {
            String segment = route.segments()[i];
            if (isVariable(segment)) {
                variables.put(segment.substring(1, segment.length() - 1), UrlText.decode(found[i], false));
            }
        }
        return variables;
    }

    private static boolean isVariable(String segment) {
        return segment.startsWith("{");
    }

    private static String[] segments(String path) {
        return path.split("/", -1);
    }
}

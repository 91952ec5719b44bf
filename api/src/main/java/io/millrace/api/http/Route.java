package io.millrace.api.http;

import com.linecorp.armeria.common.HttpMethod;
import java.util.List;

/**
 * One thing that can be asked for: a method and a path, and what answers it.
 *
 * @param method the method; GET stands for HEAD too
 * @param path the path, with the names of its variable segments in braces
 * @param query the query parameters that it takes; others are refused
 * @param open whether it is served without credentials
 * @param handler what answers it
 */
public record Route(HttpMethod method, String path, List<String> query, boolean open, Handler handler) {
    /** A route for whoever has credentials. */
    public static Route of(HttpMethod method, String path, Handler handler) {
        return new Route(method, path, List.of(), false, handler);
    }

    /** A route for everybody. */
    public static Route open(HttpMethod method, String path, Handler handler) {
        return new Route(method, path, List.of(), true, handler);
    }

    /** The same with query parameters. */
    public Route withQuery(String... names) {
        return new Route(method, path, List.of(names), open, handler);
    }

    /** Its name in metrics. */
    public String name() {
        return method.name() + " " + path;
    }
}

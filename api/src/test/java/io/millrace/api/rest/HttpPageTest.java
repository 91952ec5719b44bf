package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The guide names every route, and none that is not there. */
class HttpPageTest {
    private static final Pattern ROUTE = Pattern.compile("`((?:GET|PUT|POST|PATCH|DELETE) /[^`]*)`");

    @Test
    void theGuideNamesTheRoutes() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "doors", "http.md"));
        Set<String> named = ROUTE.matcher(page)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(
                        RouteCase.all().stream().map(RouteCase::route).toList());
    }
}

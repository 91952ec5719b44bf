package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.http.HttpLimits;
import io.millrace.api.metrics.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsRouteTest extends RigTest {
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(\\{.*})? (-?[0-9.]+(E-?[0-9]+)?|NaN|[+-]Inf)");

    @Override
    HttpLimits limits() {
        return HttpLimits.DEFAULT.withCounts(1000, 2);
    }

    private List<String> page() {
        return http.get("/metrics").expect(200).text().lines().toList();
    }

    @Test
    void everyLineIsReadableAndEveryMetricIsDeclared() {
        http.put("/v1/topics/t", "").expect(201);
        Set<String> seen = new TreeSet<>();
        for (String line : page()) {
            if (line.startsWith("# HELP ") || line.startsWith("# TYPE ")) {
                continue;
            }
            Matcher sample = SAMPLE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            seen.add(sample.group(1).replaceAll("_(total|count|sum)$", ""));
        }
        List<String> declared =
                new ArrayList<>(Arrays.stream(Metric.values()).map(Metric::id).toList());
        declared.add("millrace_local_scrubbed_bytes"); // what only the local store counts
        assertThat(seen).containsExactlyInAnyOrderElementsOf(declared);
    }

    @Test
    void aQueueHasItsFigures() {
        publish("one");
        publish("two");
        settle(receiveOne(), "acknowledge");

        assertThat(page())
                .contains(
                        "millrace_queue_messages{queue=\"q\",space=\"root\",state=\"ready\"} 1.0",
                        "millrace_queue_published_total{queue=\"q\",space=\"root\"} 2.0",
                        "millrace_queue_acknowledged_total{queue=\"q\",space=\"root\"} 1.0");
    }

    @Test
    void queuesBeyondTheCapAreAddedUp() {
        for (String name : new String[] {"a", "x", "y"}) {
            http.put("/v1/queues/" + name, "").expect(201);
            http.send("POST", "/v1/queues/" + name + "/messages", null, new byte[1])
                    .expect(201);
        }

        assertThat(page())
                .contains(
                        "millrace_queues 4.0",
                        "millrace_queues_added_up 2.0",
                        "millrace_queue_published_total{queue=\"a\",space=\"root\"} 1.0",
                        "millrace_queue_published_total{queue=\"*\",space=\"*\"} 2.0")
                .noneMatch(line -> line.contains("queue=\"x\""));
    }

    @Test
    void requestsAreCountedByRouteAndStatus() {
        http.get("/v1/queues/none").expect(404);
        http.get("/nowhere").expect(404);

        assertThat(page())
                .contains(
                        "millrace_http_requests_total{route=\"GET /v1/queues/{queue}\",status=\"404\"} 1.0",
                        "millrace_http_requests_total{route=\"none\",status=\"404\"} 1.0");
    }
}

package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Data directories that earlier formats have left stay readable. Each was made by {@code conformance/data-directory}
 * with a broker that was killed: two messages of {@code orders} acknowledged, one released and one leased for twelve
 * hours, seven in {@code mails}, the rest of {@code logs} moved into segments, and much of {@code files} in adopted
 * files; and what queues and topics can have, once from before most of that and once from the end of the journal.
 */
class FormatIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SMALL = List.of("-Xmx64m");

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void aDirectoryOfFormat1IsRead() throws Exception {
        unpack("format-1.tar.gz");
        for (int start = 0; start < 2; start++) {
            try (ServerProcess server = ServerProcess.start(
                    folder, SMALL, "--set", "storage.shards=4", "--set", "storage.journal.file-bytes=1MiB")) {
                HttpQueue orders = new HttpQueue(server.http(), "orders");
                assertThat(orders.count("nextOffset")).isEqualTo(320);
                assertThat(orders.count("ready") + orders.count("delayed") + orders.count("leased"))
                        .isEqualTo(318);
                assertThat(get(server.http(), "/v1/queues/orders/messages?from=4&limit=1"))
                        .contains("\"order 5\"");
                assertThat(get(server.http(), "/v1/queues/mails")).contains("\"nextOffset\":7");
                HttpQueue logs = new HttpQueue(server.http(), "logs");
                assertThat(logs.count("nextOffset")).isEqualTo(1000);
                assertThat(logs.count("ready")).isEqualTo(40);
                assertThat(get(server.http(), "/v1/queues/logs/messages?from=0&limit=1"))
                        .contains("\"log 961 ");
                assertThat(new HttpQueue(server.http(), "receipts").count("ready"))
                        .isEqualTo(1);
                assertThat(new HttpQueue(server.http(), "returns").count("ready"))
                        .isEqualTo(1);
                HttpQueue files = new HttpQueue(server.http(), "files");
                assertThat(files.count("ready")).isEqualTo(400);
                assertThat(files.count("damaged")).isZero();
                assertThat(get(server.http(), "/v1/queues/files/messages?from=0&limit=1"))
                        .contains("\"file 1 ");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"early", "late"})
    void whatQueuesAndTopicsHadInADirectoryOfFormat1IsThere(String age) throws Exception {
        unpack("format-1.tar.gz");
        for (int start = 0; start < 2; start++) {
            try (ServerProcess server = ServerProcess.start(
                    folder, SMALL, "--set", "storage.shards=4", "--set", "storage.journal.file-bytes=1MiB")) {
                queuesAreAsTheyWere(server.http(), age);
                subscriptionsAreWhereTheyWere(server.http(), "/v1/topics/clicks-" + age);
                routesAndSchedulesAreThere(server.http(), age);
                producersAreKnown(server.http(), "/v1/topics/clicks-" + age);
            }
        }
    }

    private void queuesAreAsTheyWere(URI server, String age) throws Exception {
        JsonNode work = json(server, "/v1/queues/work-" + age);
        assertThat(work.at("/paused").booleanValue()).isTrue();
        assertThat(work.at("/settings/lengthMax").intValue()).isEqualTo(100);
        assertThat(work.at("/settings/overflow").textValue()).isEqualTo("drop-oldest");
        JsonNode waiting = json(server, "/v1/queues/work-" + age + "/messages");
        assertThat(waiting.at("/messages").findValuesAsText("body"))
                .containsExactly("first", "second", "known", "group 1", "group 2", "far", "expires");
        assertThat(waiting.at("/messages").findValuesAsText("priority")).containsExactly("2", "10", "20", "20");
        assertThat(waiting.at("/messages/3/deliveryCount").intValue()).isEqualTo(1);
        assertThat(waiting.at("/messages/3/group").textValue()).isEqualTo("a");
        assertThat(waiting.at("/messages/5/state").textValue()).isEqualTo("delayed");
        assertThat(waiting.at("/messages/6/expiryMillis").longValue()).isEqualTo(253370764800000L);
        JsonNode dead = json(server, "/v1/queues/lost-" + age + "/messages");
        assertThat(dead.at("/messages").findValuesAsText("body")).containsExactly("rejected");
        assertThat(dead.at("/messages/0/headers/color").textValue()).isEqualTo("red");
        assertThat(dead.at("/messages/0/deaths/0/queue").textValue()).isEqualTo("work-" + age);
        assertThat(dead.at("/messages/0/deaths/0/reason").textValue()).isEqualTo("rejected");
    }

    private void subscriptionsAreWhereTheyWere(URI server, String topic) throws Exception {
        assertThat(json(server, topic).at("/stats").findValuesAsText("endOffset"))
                .containsExactly("3", "3");
        JsonNode billing = json(server, topic + "/subscriptions/billing");
        assertThat(billing.at("/stats").findValuesAsText("position")).containsExactly("2", "0");
        assertThat(billing.at("/settings/deadLetterQueue").textValue()).startsWith("lost-");
        JsonNode mail = json(server, topic + "/subscriptions/mail");
        assertThat(mail.at("/kind").textValue()).isEqualTo("by-key");
        assertThat(mail.at("/stats").findValuesAsText("position")).containsExactly("0", "1");
        JsonNode some = json(server, topic + "/subscriptions/some");
        assertThat(some.at("/filter").textValue()).isEqualTo("color = 'red'");
        assertThat(some.at("/stats").findValuesAsText("position")).containsExactly("1", "1");
        assertThat(json(server, topic).at("/settings/keepUnsettled").booleanValue())
                .isTrue();
        JsonNode archive = json(server, topic + "/subscriptions/archive");
        assertThat(archive.at("/kind").textValue()).isEqualTo("cumulative");
        assertThat(archive.at("/stats").findValuesAsText("position")).containsExactly("0", "2");
    }

    private void routesAndSchedulesAreThere(URI server, String age) throws Exception {
        JsonNode bindings = json(server, "/v1/exchanges/events-" + age + "/bindings");
        for (int i = 1; i <= 5; i++) {
            String queue = "bound-" + i + "-" + age;
            assertThat(bindings.at("/bindings").findValuesAsText("queue")).contains(queue);
            JsonNode routed = json(server, "/v1/queues/" + queue + "/messages");
            assertThat(routed.at("/messages").findValuesAsText("body")).containsExactly("routed");
        }
        JsonNode buried = json(server, "/v1/topics/graves-" + age + "/partitions/0/messages");
        assertThat(buried.at("/messages/0/body").textValue()).isEqualTo("buried");
        assertThat(buried.at("/messages/0/deaths/0/queue").textValue()).isEqualTo("dying-" + age);
        JsonNode schedule = json(server, "/v1/schedules/report-" + age);
        assertThat(schedule.at("/cron").textValue()).isEqualTo("0 9 1 1 *");
        assertThat(schedule.at("/state").textValue()).isEqualTo("active");
    }

    /** What a producer sends again is answered as it was when it was stored; what has a hole before it is refused. */
    private void producersAreKnown(URI server, String topic) throws Exception {
        String path = topic + "/partitions/1/publish?producer=import&epoch=2&sequence=";
        String again = post(server, path + 0, "click 1", "click 2", "click 3");
        assertThat(again).contains("\"duplicate\":true", "\"offset\":2");
        assertThat(post(server, path + 4, "click 5")).contains("sequence-out-of-order");
    }

    @Test
    void aDumpShowsWhatIsInFilesOfEachKind() throws Exception {
        unpack("format-1.tar.gz");

        FinishedProcess dump = FinishedProcess.millrace(
                folder, "", "data", "dump", folder.resolve("data").toString());

        assertThat(dump.status()).as(dump.output()).isZero();
        assertThat(dump.output())
                .contains(
                        "\n  entries segment=",
                        "\n  log log=",
                        "\n  run log=",
                        "\n    entry log=",
                        "\n      entry log=")
                .doesNotContainPattern("(?m)^ *damaged");
    }

    private String get(URI server, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Millrace-Space", path.contains("mails") ? "shop" : "root")
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    private JsonNode json(URI server, String path) throws Exception {
        return JSON.readTree(get(server, path));
    }

    private String post(URI server, String path, String... bodies) throws Exception {
        ObjectNode batch = JSON.createObjectNode();
        for (String body : bodies) {
            batch.withArray("messages").addObject().put("body", body);
        }
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(batch.toString()))
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    private void unpack(String name) throws Exception {
        Path archive = folder.resolve(name);
        try (InputStream stored = Objects.requireNonNull(FormatIT.class.getResourceAsStream("/data/" + name))) {
            Files.copy(stored, archive);
        }
        Path data = Files.createDirectories(folder.resolve("data"));
        FinishedProcess unpacked = FinishedProcess.run(data, Map.of(), "", List.of("tar", "-xzf", archive.toString()));
        assertThat(unpacked.status()).as(unpacked.output()).isZero();
    }
}

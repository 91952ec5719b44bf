package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.api.RawConnection;
import io.millrace.api.Rig;
import io.millrace.api.http.HttpLimits;
import io.millrace.testkit.LeakCheck;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeakCheck
class QueueRoutesTest {
    @TempDir
    Path directory;

    Rig rig;
    Http http;

    @BeforeEach
    void open() throws IOException {
        rig = Rig.open(directory, HttpLimits.DEFAULT);
        http = rig.http();
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    @Test
    void aQueueIsMadeOnceAndFoundAgain() {
        JsonNode made = http.put("/v1/queues/orders", "{\"leaseMillis\":5000}")
                .expect(201)
                .json();
        assertThat(made.at("/name").textValue()).isEqualTo("orders");
        assertThat(made.at("/space").textValue()).isEqualTo("root");
        assertThat(made.at("/settings/leaseMillis").longValue()).isEqualTo(5000);
        assertThat(made.at("/settings/messageBytesMax").longValue()).isEqualTo(16 << 20);
        assertThat(made.at("/stats/ready").longValue()).isZero();

        http.put("/v1/queues/orders", "{\"leaseMillis\":5000}").expect(200);
        assertThat(http.get("/v1/queues/orders").expect(200).json()).isEqualTo(made);
    }

    @Test
    void whatARequestDoesNotSayIsNotComparedWithAQueueThatIsThere() {
        http.put("/v1/queues/orders", "{\"leaseMillis\":5000}").expect(201);

        http.send("PUT", "/v1/queues/orders", null, null).expect(200);
        http.put("/v1/queues/orders", "{\"leaseMillis\":5001}").expectProblem(409, "queue-exists");

        JsonNode queue = http.get("/v1/queues/orders").json();
        assertThat(queue.at("/settings/leaseMillis").longValue()).isEqualTo(5000);
    }

    @Test
    void aQueueSaysHowEarlyItAnswers() {
        http.put("/v1/queues/readings", "{\"durability\":\"memory\"}").expect(201);
        http.put("/v1/queues/readings", "{\"durability\":\"memory\"}").expect(200);
        http.put("/v1/queues/readings", "{\"durability\":\"os\"}").expectProblem(409, "queue-exists");
        assertThat(http.get("/v1/queues/readings")
                        .json()
                        .at("/settings/durability")
                        .textValue())
                .isEqualTo("memory");
        http.post("/v1/queues/readings/publish", "{\"messages\":[{\"body\":\"a\"}]}")
                .expect(201);

        http.patch("/v1/queues/readings", "{\"durability\":\"synced\"}").expect(200);
        assertThat(http.get("/v1/queues/readings").json().get("settings").has("durability"))
                .isFalse();
        http.patch("/v1/queues/readings", "{\"durability\":\"none\"}").expectProblem(400, "invalid-value");
    }

    @Test
    void aQueueIsConfiguredFieldByField() {
        http.put("/v1/queues/orders", "{\"leaseMillis\":5000}").expect(201);

        http.patch("/v1/queues/orders", "{\"messageBytesMax\":10}").expect(200);

        JsonNode settings = http.get("/v1/queues/orders").json().get("settings");
        assertThat(settings.get("leaseMillis").longValue()).isEqualTo(5000);
        assertThat(settings.get("messageBytesMax").longValue()).isEqualTo(10);
        http.send("POST", "/v1/queues/orders/messages", null, new byte[11]).expectProblem(413, "message-too-large");
        http.send("POST", "/v1/queues/orders/messages", null, new byte[10]).expect(201);
    }

    @Test
    void whatSettingsSayOfRetriesIsShownAndStaysOverARestart() throws IOException {
        http.put("/v1/queues/orders", "{\"retryDelayMillis\":7}").expect(201);
        assertThat(retrySettings()).isEqualTo("7 to 7 false");
        http.patch("/v1/queues/orders", "{\"retryDelayMillis\":8}").expect(200);
        assertThat(retrySettings()).as("what is fixed stays so").isEqualTo("8 to 8 false");
        http.patch("/v1/queues/orders", "{\"retryDelayMillisMax\":9,\"retryRandom\":true}")
                .expect(200);
        http.patch("/v1/queues/orders", "{\"retryDelayMillis\":6}").expect(200);
        assertThat(retrySettings()).isEqualTo("6 to 9 true");
        rig.restart();
        http = rig.http();
        assertThat(retrySettings()).isEqualTo("6 to 9 true");

        http.patch("/v1/queues/orders", "{\"retryDelayMillis\":0,\"retryDelayMillisMax\":0,\"retryRandom\":false}")
                .expect(200);
        assertThat(http.get("/v1/queues/orders").json().get("settings").has("retryDelayMillis"))
                .isFalse();
    }

    private String retrySettings() {
        JsonNode settings = http.get("/v1/queues/orders").json().get("settings");
        return settings.get("retryDelayMillis") + " to " + settings.get("retryDelayMillisMax") + " "
                + settings.get("retryRandom");
    }

    @Test
    void whatSettingsSayOfDeliveriesIsShownAndStaysOverARestart() throws IOException {
        JsonNode first = http.put("/v1/queues/orders", "").expect(201).json().get("settings");
        assertThat(first.toString())
                .isEqualTo("{\"leaseMillis\":30000,\"messageBytesMax\":16777216,\"delayMillis\":0,"
                        + "\"priorityDefault\":2147483648,\"deduplicationMillis\":300000}");

        String set = "{\"delayMillis\":1,\"timeToLiveMillis\":2,\"priorityDefault\":3,\"deduplicationMillis\":4}";
        JsonNode changed =
                http.patch("/v1/queues/orders", set).expect(200).json().get("settings");
        assertThat(changed.toString())
                .isEqualTo(
                        "{\"leaseMillis\":30000,\"messageBytesMax\":16777216,\"delayMillis\":1,\"timeToLiveMillis\":2,"
                                + "\"priorityDefault\":3,\"deduplicationMillis\":4}");
        http.put("/v1/queues/orders", set).expect(200);
        http.put("/v1/queues/orders", "{\"delayMillis\":2}").expectProblem(409, "queue-exists");
        rig.restart();
        http = rig.http();

        assertThat(http.get("/v1/queues/orders").json().get("settings")).isEqualTo(changed);
        http.patch("/v1/queues/orders", "{\"timeToLiveMillis\":0}").expect(200);
        assertThat(http.get("/v1/queues/orders").json().get("settings").has("timeToLiveMillis"))
                .isFalse();
    }

    @Test
    void aRemovedQueueIsGoneWithItsMessages() {
        http.put("/v1/queues/orders", "").expect(201);
        http.send("POST", "/v1/queues/orders/messages", null, new byte[10]).expect(201);

        assertThat(http.delete("/v1/queues/orders").expect(204).text()).isEmpty();

        http.get("/v1/queues/orders").expectProblem(404, "queue-not-found");
        http.delete("/v1/queues/orders").expectProblem(404, "queue-not-found");
        JsonNode anew = http.put("/v1/queues/orders", "").expect(201).json();
        assertThat(anew.at("/stats/ready").longValue()).isZero();
    }

    @Test
    void queuesAreListedByNameInPages() {
        for (String name : new String[] {"b-2", "a", "b-1", "b-3", "c"}) {
            http.put("/v1/queues/" + name, "").expect(201);
        }

        JsonNode first = http.get("/v1/queues?prefix=b-&limit=2").expect(200).json();
        assertThat(first.get("queues").findValuesAsText("name")).containsExactly("b-1", "b-2");
        assertThat(first.get("next").textValue()).isEqualTo("b-2");
        assertThat(first.at("/queues/0/stats/ready").isNumber()).isTrue();

        JsonNode second =
                http.get("/v1/queues?prefix=b-&limit=2&after=b-2").expect(200).json();
        assertThat(second.get("queues").findValuesAsText("name")).containsExactly("b-3");
        assertThat(second.has("next")).isFalse();
        assertThat(http.get("/v1/queues").json().get("queues").findValuesAsText("name"))
                .containsExactly("a", "b-1", "b-2", "b-3", "c");
        assertThat(names("prefix=b-&after=a")).containsExactly("b-1", "b-2", "b-3");
        assertThat(names("prefix=b-&after=b-9")).isEmpty();
        assertThat(names("prefix=b-&after=c")).isEmpty();
        assertThat(names("prefix=%C2%80")).isEmpty();
        assertThat(names("prefix=b-&after=%C2%80")).isEmpty();
        assertThat(names("after=b-1%C2%80")).containsExactly("b-2", "b-3", "c");
    }

    private List<String> names(String query) {
        return http.get("/v1/queues?" + query).expect(200).json().get("queues").findValuesAsText("name");
    }

    @Test
    void aQueueLivesInItsSpaceOnly() {
        http.put("/v1/spaces/shop", "").expect(200);
        Http shop = http.with("Millrace-Space", "shop");

        shop.put("/v1/queues/orders", "").expect(201);

        assertThat(shop.get("/v1/queues/orders").expect(200).json().get("space").textValue())
                .isEqualTo("shop");
        http.get("/v1/queues/orders").expectProblem(404, "queue-not-found");
        http.with("Millrace-Space", "nowhere").put("/v1/queues/orders", "").expectProblem(404, "space-not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "über", "a b", "a%2Fb", "a+b", "a?b=c&d", "a;b", "x..y", "日本", "😀", "a//b"})
    void anyNameCanBeSpelledInAPath(String name) {
        String path =
                "/v1/queues/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");

        http.put(path, "").expect(201);

        assertThat(http.get(path).expect(200).json().get("name").textValue()).isEqualTo(name);
        assertThat(http.get("/v1/queues").json().get("queues").findValuesAsText("name"))
                .containsExactly(name);
        http.delete(path).expect(204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"leaseMillis\":0}",
                "{\"leaseMillis\":43200001}",
                "{\"leaseMillis\":99999999999999999999}",
                "{\"messageBytesMax\":16777217}",
                "{\"delayMillis\":-1}",
                "{\"delayMillis\":3153600000001}",
                "{\"timeToLiveMillis\":-1}",
                "{\"timeToLiveMillis\":3153600000001}",
                "{\"priorityDefault\":-1}",
                "{\"priorityDefault\":4294967296}",
                "{\"deduplicationMillis\":0}",
                "{\"deduplicationMillis\":1209600001}",
                "{\"retryDelayMillis\":-1}",
                "{\"retryDelayMillis\":3153600000001}",
                "{\"retryDelayMillisMax\":4,\"retryDelayMillis\":5}",
                "{\"leaseMilis\":1000}"
            })
    void aSettingOutOfItsRangeIsRefusedByName(String json) {
        String detail = http.put("/v1/queues/orders", json)
                .expectProblem(400, "invalid-value")
                .json()
                .get("detail")
                .textValue();
        assertThat(detail).contains(json.substring(2, json.indexOf('"', 2)));
        http.get("/v1/queues/orders").expectProblem(404, "queue-not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%00", "%7F", "%ED%A0%80", "%FF", "a%2"})
    void aNameThatCannotBeIsRefused(String encoded) {
        assertThat(rawPut("/v1/queues/" + encoded)).isEqualTo(400);
    }

    private int rawPut(String path) {
        try (RawConnection connection = RawConnection.to(http.address())) {
            connection.send("PUT " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
            return connection.readAnswer().status();
        }
    }

    @Test
    void aParameterThatIsUnknownOrNoNumberIsRefused() {
        http.get("/v1/queues?limt=2").expectProblem(400, "invalid-value");
        http.get("/v1/queues?limit=two").expectProblem(400, "invalid-value");
        http.get("/v1/queues?limit=0").expectProblem(400, "invalid-value");
        http.get("/v1/queues?limit=1&limit=2").expectProblem(400, "invalid-value");
    }
}

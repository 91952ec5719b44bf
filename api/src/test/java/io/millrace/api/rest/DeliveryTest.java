package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.api.Until;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a publisher says of the delivery of a message has its effect, over restarts, too. */
class DeliveryTest extends RigTest {
    private static final String HELD = "{\"leaseMillis\":600000}";
    private static final String HELD_AND_AWAITED = "{\"leaseMillis\":600000,\"waitMillis\":20000}";

    private void restart() throws IOException {
        rig.restart();
        http = rig.http();
    }

    /** Publishes messages, each given by its fields beyond the body; the bodies are 0, 1, 2, ... */
    private JsonNode publishAll(String... fields) {
        StringBuilder json = new StringBuilder("{\"messages\":[");
        for (int i = 0; i < fields.length; i++) {
            json.append(i == 0 ? "" : ",").append("{\"body\":\"").append(i).append('"');
            json.append(fields[i].isEmpty() ? "" : "," + fields[i].replace('\'', '"'))
                    .append('}');
        }
        return http.post("/v1/queues/q/publish", json.append("]}").toString())
                .expect(201)
                .json();
    }

    private void pass(long seconds) {
        rig.time().pass(Duration.ofSeconds(seconds));
    }

    private long wallMillis(long secondsFromNow) {
        return rig.time().epochMillis() + secondsFromNow * 1000;
    }

    private List<String> received() {
        return bodies(receive(HELD));
    }

    private JsonNode peekOne() {
        return http.get("/v1/queues/q/messages?limit=1").expect(200).json().at("/messages/0");
    }

    // Priority.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void messagesComeByPriorityAndThoseOfOneInTheirOrder(boolean isRestarted) throws IOException {
        publishAll(
                "'priority':7", "", "'priority':0", "'priority':7", "'priority':4294967295", "'priority':2147483648");

        if (isRestarted) {
            restart();
        }

        assertThat(received()).containsExactly("2", "0", "3", "1", "5", "4");
    }

    @Test
    void theQueueSaysThePriorityOfMessagesThatSayNone() {
        http.patch("/v1/queues/q", "{\"priorityDefault\":5}").expect(200);
        publishAll("'priority':6", "", "'priority':4");

        List<JsonNode> messages = receive(HELD);

        assertThat(bodies(messages)).containsExactly("2", "1", "0");
        assertThat(messages.get(1).get("priority").longValue()).isEqualTo(5);
    }

    // Retries.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageComesAgainWhenItsQueueSays(boolean isRestarted) throws IOException {
        http.patch("/v1/queues/q", "{\"retryDelayMillis\":100000,\"retryDelayMillisMax\":300000}")
                .expect(200);
        publishAll("");
        if (isRestarted) {
            restart();
        }

        for (long seconds : new long[] {100, 200, 300, 300}) {
            settle(receive(HELD_AND_AWAITED).get(0), "release");
            pass(seconds - 10);
            assertThat(received()).as("%d s", seconds).isEmpty();
            pass(11);
        }
        JsonNode message = receive(HELD_AND_AWAITED).get(0);
        assertThat(message.get("deliveryCount").intValue()).isEqualTo(5);

        settle(message, "release", "delayMillis", 0);
        assertThat(receiveOne().get("body").textValue())
                .as("what a release says counts")
                .isEqualTo("0");
    }

    // Due times.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDelayedMessageComesWhenItsDelayIsOver(boolean isRestarted) throws IOException {
        publishAll("'delayMillis':600000", "");
        assertThat(received()).containsExactly("1");
        assertThat(stats().get("delayed").intValue()).isEqualTo(1);

        pass(540);
        if (isRestarted) {
            restart();
        }
        assertThat(received()).isEmpty();
        assertThat(stats().get("delayed").intValue()).isEqualTo(1);
        pass(61);

        assertThat(receiveOne().get("body").textValue()).isEqualTo("0");
    }

    @Test
    void aDelayIsNotShortenedWhereTheWallClockIsSet() {
        publishAll("'delayMillis':3600000");

        rig.time().setWall(Duration.ofHours(2));

        assertThat(receive("{\"waitMillis\":100}")).isEmpty();
        assertThat(stats().get("delayed").intValue()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDatedMessageComesWhenTheWallClockShowsItsDate(boolean isRestarted) throws IOException {
        publishAll("'dueMillis':" + wallMillis(3600), "'dueMillis':1");
        assertThat(received()).as("a date that has passed").containsExactly("1");

        if (isRestarted) {
            restart();
        }
        assertThat(received()).isEmpty();
        assertThat(stats().get("delayed").intValue()).isEqualTo(1);
        rig.time().setWall(Duration.ofHours(1));

        assertThat(receiveOne().get("body").textValue()).isEqualTo("0");
    }

    @Test
    void theLastDateIsTaken() {
        publishAll("'dueMillis':253402300799999,'expiryMillis':253402300799999");

        assertThat(received()).isEmpty();
        JsonNode seen = peekOne();
        assertThat(seen.get("state").textValue()).isEqualTo("delayed");
        assertThat(seen.get("dueMillis").longValue()).isEqualTo(253_402_300_799_999L);
        assertThat(seen.get("expiryMillis").longValue()).isEqualTo(253_402_300_799_999L);
    }

    @Test
    void theQueueDelaysMessagesThatSayNeitherADelayNorADate() {
        http.patch("/v1/queues/q", "{\"delayMillis\":600000}").expect(200);
        publishAll("", "'delayMillis':0", "'dueMillis':1");

        assertThat(received()).containsExactly("1", "2");
        pass(601);

        assertThat(receiveOne().get("body").textValue()).isEqualTo("0");
    }

    // Expiry.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageEndsWhenItsTimeIsOver(boolean isRestarted) throws IOException {
        publishAll("'timeToLiveMillis':60000", "'expiryMillis':" + wallMillis(60), "'timeToLiveMillis':600000", "");
        if (isRestarted) {
            restart();
        }
        assertThat(stats().get("ready").intValue()).isEqualTo(4);

        pass(62);

        Until.holds(() -> stats().get("messagesExpired").intValue() == 2);
        assertThat(received()).containsExactly("2", "3");
        assertThat(http.get("/metrics").text())
                .contains("millrace_queue_messages_expired_total{queue=\"q\",space=\"root\"} 2.0");
    }

    @Test
    void ofTheQueuesTimeAndTheMessagesOwnTheEarlierCounts() {
        http.patch("/v1/queues/q", "{\"timeToLiveMillis\":60000}").expect(200);
        publishAll("", "'timeToLiveMillis':600000", "'expiryMillis':" + wallMillis(3600), "'timeToLiveMillis':30000");
        long published = peekOne().get("publishedMillis").longValue();
        assertThat(peekOne().get("expiryMillis").longValue()).isEqualTo(published + 60_000);

        pass(32);
        Until.holds(() -> stats().get("ready").intValue() == 3);
        pass(30);

        Until.holds(() -> stats().get("ready").intValue() == 0);
        http.patch("/v1/queues/q", "{\"timeToLiveMillis\":0}").expect(200);
        publishAll("");
        assertThat(receiveOne().has("expiryMillis")).isFalse();
    }

    // Groups.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofAGroupOneMessageComesAtATime(boolean isRestarted) throws IOException {
        publishAll("'group':'a'", "'group':'a'", "'group':'b'", "", "'group':'b'");

        List<JsonNode> first = receive(HELD);
        assertThat(bodies(first)).containsExactlyInAnyOrder("0", "2", "3");
        if (isRestarted) {
            restart();
        }
        assertThat(received()).isEmpty();

        JsonNode ofA = first.stream()
                .filter(each -> each.get("body").textValue().equals("0"))
                .findAny()
                .orElseThrow();
        assertThat(ofA.get("group").textValue()).isEqualTo("a");
        settle(ofA, "acknowledge");
        assertThat(received()).containsExactly("1");
    }

    @Test
    void aMessageThatIsReleasedKeepsItsGroupBack() {
        publishAll("'group':'a'", "'group':'a'");
        settle(receiveOne(), "release", "delayMillis", 600_000);

        assertThat(received()).isEmpty();
        pass(601);

        assertThat(receiveOne().get("body").textValue()).isEqualTo("0");
    }

    // Deduplication.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSecondPublishIsAnsweredWithTheFirstIdAndStoredOnce(boolean isRestarted) throws IOException {
        Http raw = http.with("Millrace-Deduplication-Id", "order 7");
        JsonNode first = raw.send("POST", "/v1/queues/q/messages", "text/plain", "first".getBytes(UTF_8))
                .expect(201)
                .json();
        assertThat(first.has("duplicate")).isFalse();

        if (isRestarted) {
            restart();
        }
        JsonNode second = http.with("Millrace-Deduplication-Id", "order 7")
                .send("POST", "/v1/queues/q/messages", "text/plain", "second".getBytes(UTF_8))
                .expect(201)
                .json();
        JsonNode many = publishAll("", "'deduplicationId':'order 7'", "'deduplicationId':'order 8'");

        assertThat(second.toString()).isEqualTo("{\"id\":" + first.get("id") + ",\"duplicate\":true}");
        assertThat(many.get("ids").get(1)).isEqualTo(first.get("id"));
        assertThat(many.get("duplicates").toString()).isEqualTo("[1]");
        List<JsonNode> messages = receive(HELD);
        assertThat(bodies(messages)).containsExactly("first", "0", "2");
        assertThat(messages.get(0).get("deduplicationId").textValue()).isEqualTo("order 7");
    }

    @Test
    void anIdThatARequestHasTwiceIsStoredOnce() {
        JsonNode answer = publishAll(
                "'deduplicationId':'a'", "'deduplicationId':'b'", "'deduplicationId':'a'", "", "'deduplicationId':'a'");

        assertThat(answer.get("duplicates").toString()).isEqualTo("[2,4]");
        JsonNode ids = answer.get("ids");
        assertThat(ids.get(2)).isEqualTo(ids.get(0));
        assertThat(ids.get(4)).isEqualTo(ids.get(0));
        List<JsonNode> messages = receive(HELD);
        assertThat(bodies(messages)).containsExactly("0", "1", "3");
        assertThat(messages.stream().map(each -> each.get("id"))).containsExactly(ids.get(0), ids.get(1), ids.get(3));
    }

    @Test
    void anIdIsForgottenWhenTheWindowOfTheQueueHasEnded() {
        http.patch("/v1/queues/q", "{\"deduplicationMillis\":60000}").expect(200);
        publishAll("'deduplicationId':'a'");

        pass(50);
        assertThat(publishAll("'deduplicationId':'a'").has("duplicates")).isTrue();
        pass(11);

        assertThat(publishAll("'deduplicationId':'a'").has("duplicates")).isFalse();
        assertThat(received()).hasSize(2);
    }

    @Test
    void unlessItIsSetTheWindowIsFiveMinutes() {
        publishAll("'deduplicationId':'a'");
        pass(299);
        assertThat(publishAll("'deduplicationId':'a'").has("duplicates")).isTrue();
        pass(2);
        assertThat(publishAll("'deduplicationId':'a'").has("duplicates")).isFalse();
    }

    @Test
    void queuesDoNotSeeEachOthersIds() {
        http.put("/v1/queues/other", "").expect(201);
        publishAll("'deduplicationId':'a'");

        JsonNode other = http.post("/v1/queues/other/publish", "{\"messages\":[{\"deduplicationId\":\"a\"}]}")
                .expect(201)
                .json();

        assertThat(other.has("duplicates")).isFalse();
    }

    // Many in one request.

    @Test
    void idsComeInTheOrderOfTheRequestHoweverItsMessagesAreStored() {
        JsonNode ids = publishAll("", "'priority':1", "'priority':1", "", "'group':'a'", "'deduplicationId':'d'")
                .get("ids");

        List<JsonNode> peeked =
                list(http.get("/v1/queues/q/messages").expect(200).json().get("messages"));
        assertThat(bodies(peeked)).containsExactly("0", "1", "2", "3", "4", "5");
        assertThat(peeked.stream().map(each -> each.get("id"))).containsExactlyElementsOf(list(ids));
    }

    @Test
    void aMessageThatIsTooLargeIsRefusedWithAllOthersOfItsRequest() {
        http.patch("/v1/queues/q", "{\"messageBytesMax\":100}").expect(200);

        String large = "x".repeat(101);
        http.post(
                        "/v1/queues/q/publish",
                        "{\"messages\":[{\"body\":\"small\"},{\"priority\":1,\"body\":\"" + large + "\"},{}]}")
                .expectProblem(413, "message-too-large");

        assertThat(stats().get("published").longValue()).isZero();
    }

    // What is shown.

    @Test
    void whatWasSaidIsShownAndWhatWasNotIsAbsent() {
        long due = wallMillis(-5);
        long expiry = wallMillis(3600);
        publishAll("'priority':3,'dueMillis':" + due + ",'expiryMillis':" + expiry
                + ",'group':'größe','deduplicationId':'d'");
        publishAll("");
        publishAll("'delayMillis':1");

        JsonNode peeked = peekOne();
        Until.holds(() -> stats().get("ready").intValue() == 3);
        List<JsonNode> messages = receive(HELD);

        for (JsonNode full : List.of(peeked, byBody(messages, "größe"))) {
            assertThat(full.get("priority").longValue()).isEqualTo(3);
            assertThat(full.get("dueMillis").longValue()).isEqualTo(due);
            assertThat(full.get("expiryMillis").longValue()).isEqualTo(expiry);
            assertThat(full.get("group").textValue()).isEqualTo("größe");
            assertThat(full.get("deduplicationId").textValue()).isEqualTo("d");
        }
        for (JsonNode plain : messages) {
            if (!plain.has("group")) {
                assertThat(plain.properties())
                        .extracting(each -> each.getKey())
                        .containsExactlyInAnyOrder(
                                "id", "lease", "fencingToken", "deliveryCount", "publishedMillis", "body");
            }
        }
    }

    private static JsonNode byBody(List<JsonNode> messages, String group) {
        return messages.stream()
                .filter(each -> each.path("group").asText().equals(group))
                .findAny()
                .orElseThrow();
    }

    @Test
    void theHeaderOfARequestSaysItAsWell() {
        long expiry = wallMillis(3600);
        http.with(
                        "Millrace-Priority", "3",
                        "Millrace-Delay-Millis", "600000",
                        "Millrace-Expiry-Millis", Long.toString(expiry),
                        "Millrace-Group", "g",
                        "Millrace-Deduplication-Id", "d")
                .send("POST", "/v1/queues/q/messages", "text/plain", "later".getBytes(UTF_8))
                .expect(201);
        http.with("Millrace-Due-Millis", "1", "Millrace-Time-To-Live-Millis", "600000")
                .send("POST", "/v1/queues/q/messages", "text/plain", "now".getBytes(UTF_8))
                .expect(201);

        JsonNode now = receiveOne();
        assertThat(now.get("body").textValue()).isEqualTo("now");
        assertThat(now.get("dueMillis").longValue()).isEqualTo(1);
        assertThat(now.get("expiryMillis").longValue())
                .isEqualTo(now.get("publishedMillis").longValue() + 600_000);
        assertThat(received()).isEmpty();
        pass(601);

        JsonNode later = receiveOne();
        assertThat(later.get("priority").longValue()).isEqualTo(3);
        assertThat(later.has("dueMillis")).isFalse();
        assertThat(later.get("expiryMillis").longValue()).isEqualTo(expiry);
        assertThat(later.get("group").textValue()).isEqualTo("g");
        assertThat(later.get("deduplicationId").textValue()).isEqualTo("d");
    }
}

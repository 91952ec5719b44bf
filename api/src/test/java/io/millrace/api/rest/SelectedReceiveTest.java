package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http.Answer;
import io.millrace.api.Until;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Receives of those messages that a selector selects, with a real broker. */
class SelectedReceiveTest extends RigTest {
    private void publishColored(String body, String color) {
        http.post("/v1/queues/q/publish", colored(body, color)).expect(201);
    }

    private static String colored(String body, String color) {
        return "{\"messages\":[{\"body\":\"" + body + "\",\"headers\":{\"color\":\"" + color + "\",\"n\":"
                + body.length() + "}}]}";
    }

    private static String selecting(String selector, String more) {
        return "{\"selector\":\"" + selector + "\"" + more + "}";
    }

    private List<String> selected(String selector) {
        return bodies(receive(selecting(selector, "")));
    }

    private CompletableFuture<Answer> receiveLater(String json) {
        return http.sendAsync("POST", "/v1/queues/q/receive", "application/json", json.getBytes(UTF_8));
    }

    private static List<String> bodiesOf(Answer answer) {
        return bodies(list(answer.expect(200).json().get("messages")));
    }

    @Test
    void onlyWhatIsSelectedIsDeliveredAndTheRestStays() {
        publishColored("a", "red");
        publishColored("bb", "blue");
        publishColored("ccc", "red");

        assertThat(selected("color = 'red' AND n > 1")).containsExactly("ccc");
        assertThat(selected("color = 'red' AND n > 1")).isEmpty();
        assertThat(selected("")).containsExactly("a", "bb");
    }

    @Test
    void deliveriesCountForWhoeverLooksAtThem() {
        publishColored("a", "red");
        assertThat(selected("millrace.deliveryCount > 0")).isEmpty();

        settle(receiveOne(), "release");

        assertThat(selected("millrace.deliveryCount = 1 AND JMSXDeliveryCount = 2"))
                .containsExactly("a");
    }

    @Test
    void aWaitIsServedByTheMessageThatItWants() {
        CompletableFuture<Answer> red = receiveLater(selecting("color = 'red'", ",\"waitMillis\":30000"));
        CompletableFuture<Answer> blue = receiveLater(selecting("color = 'blue'", ",\"waitMillis\":30000"));
        Until.holds(() -> stats().get("waitingReceives").intValue() == 2);

        publishColored("green", "green");
        publishColored("blue", "blue");
        assertThat(bodiesOf(blue.join())).containsExactly("blue");
        assertThat(red.isDone()).isFalse();
        publishColored("red", "red");

        assertThat(bodiesOf(red.join())).containsExactly("red");
        assertThat(selected("TRUE")).containsExactly("green");
    }

    @Test
    void aConsumerHasASelectorForReceivesThatHaveNone() {
        JsonNode consumer = http.post("/v1/queues/q/consumers", selecting("color = 'red'", ""))
                .expect(201)
                .json();
        assertThat(consumer.get("selector").textValue()).isEqualTo("color = 'red'");
        publishColored("a", "blue");
        publishColored("b", "red");
        String by = "\"consumer\":\"" + consumer.get("id").textValue() + "\"";

        assertThat(bodies(receive("{" + by + "}"))).containsExactly("b");
        assertThat(bodies(receive(selecting("color = 'blue'", "," + by)))).containsExactly("a");
        http.post("/v1/queues/q/consumers", selecting("color =", "")).expectProblem(400, "invalid-value");
    }

    @Test
    void leasesOfSelectedMessagesAreOnStableStorage() throws IOException {
        publishColored("a", "blue");
        publishColored("b", "red");
        JsonNode held = receive(selecting("color = 'red'", "")).get(0);

        rig.restart();
        http = rig.http();

        assertThat(selected("color = 'red'")).isEmpty();
        assertThat(settle(held, "acknowledge").get("done").booleanValue()).isTrue();
        assertThat(selected("TRUE")).containsExactly("a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "color =|at character 8",
                "color LIKE 5|at character 12",
                "millrace.nothing = 1|at character 1",
            })
    void whatIsNoSelectorIsRefusedWithThePlace(String selector, String place) {
        Answer answer = http.post("/v1/queues/q/receive", selecting(selector, ""));

        answer.expectProblem(400, "invalid-value");
        assertThat(answer.json().get("detail").textValue()).startsWith("selector is wrong " + place);
    }

    @Test
    void aSelectorThatIsNoTextIsRefused() {
        http.post("/v1/queues/q/receive", "{\"selector\":1}").expectProblem(400, "malformed-json");
    }
}

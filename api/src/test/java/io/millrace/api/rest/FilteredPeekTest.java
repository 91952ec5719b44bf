package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A look at those messages that a selector selects, with a real broker. */
class FilteredPeekTest extends RigTest {
    /** A selector, and the bodies of the messages that it selects. */
    private static final String SELECTED =
            """
            "color" = 'red'|a
            n > 1|b c
            n * 2 = 5|c
            flag|a
            NOT flag|b
            flag IS NULL|c d
            digest IS NOT NULL|d
            millrace.key = 'k'|a
            millrace.contentType LIKE 'text/%'|a
            JMSCorrelationID = 'c'|b
            millrace.replyTo = 'r'|b
            JMSMessageID = 'm'|b
            JMSXGroupID = 'größe'|c
            millrace.deduplicationId = 'd'|d
            millrace.priority = 7|c
            millrace.priority = 2147483648|a b d
            JMSPriority = 9|c
            JMSPriority = 4|a b d
            millrace.dueMillis = 4000000000000|b
            millrace.expiryMillis = 4000000000001|b
            JMSTimestamp > 1000000000000|a b c d
            millrace.deliveryCount = 0|a b c d
            'ü' = umlaut|d
            """;

    private Http.Answer ask(String filter, String more) {
        return http.get("/v1/queues/q/messages?filter=" + URLEncoder.encode(filter, UTF_8) + more);
    }

    private JsonNode peek(String filter, String more) {
        return ask(filter, more).expect(200).json();
    }

    private List<String> selected(String filter) {
        JsonNode answer = peek(filter, "&limit=1000");
        assertThat(answer.get("more").booleanValue()).isFalse();
        return bodies(list(answer.get("messages")));
    }

    private void publishAll(String messages) {
        http.post("/v1/queues/q/publish", "{\"messages\":[" + messages.replace('\'', '"') + "]}")
                .expect(201);
    }

    @Test
    void everythingThatIsSaidOfAMessageCanBeAskedFor() {
        publishAll("{'body':'a','key':'k','contentType':'text/plain','headers':{'color':'red','n':1,'flag':true}},"
                + "{'body':'b','correlationId':'c','replyTo':'r','messageId':'m','dueMillis':4000000000000,"
                + "'expiryMillis':4000000000001,'headers':{'color':'blue','n':2,'flag':false}},"
                + "{'body':'c','group':'größe','priority':7,'headers':{'n':2.5}},"
                + "{'body':'d','deduplicationId':'d','headers':{'n':'2','digest':{'base64':'AAA='},'umlaut':'ü'}}");

        for (String line : SELECTED.lines().toList()) {
            String[] row = line.split("\\|", -1);
            assertThat(String.join(" ", selected(row[0]))).as(line).isEqualTo(row[1]);
        }
    }

    @Test
    void whatIsSelectedIsShownInFullAndNothingIsDisturbed() {
        publishAll("{'body':'a','headers':{'n':1}},{'body':'b','headers':{'n':2}}");
        JsonNode plain =
                http.get("/v1/queues/q/messages").json().get("messages").get(1);
        JsonNode before = stats();

        assertThat(peek("n = 2", "").get("messages").get(0)).isEqualTo(plain);
        assertThat(stats()).isEqualTo(before);
    }

    @Test
    void deliveriesAreCountedAndTheStateIsLookedAtToo() {
        publishAll("{'body':'a'},{'body':'b'},{'body':'c'}");
        List<JsonNode> held = receive("{\"max\":2,\"leaseMillis\":600000}");
        settle(held.get(0), "release");

        assertThat(selected("millrace.deliveryCount = 1")).containsExactly("a");
        assertThat(selected("JMSXDeliveryCount = 1")).containsExactly("b", "c");
        assertThat(bodies(
                        list(peek("millrace.deliveryCount = 0", "&state=leased").get("messages"))))
                .containsExactly("b");
    }

    @Test
    void pagesHaveEachSelectedMessageOnceAndTellWhenThereAreNoMore() {
        StringBuilder messages = new StringBuilder();
        List<String> odd = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            messages.append(i == 0 ? "" : ",").append("{'body':'").append(i).append("','headers':{'odd':");
            messages.append(i % 2 == 1).append("}}");
            if (i % 2 == 1) {
                odd.add(Integer.toString(i));
            }
        }
        publishAll(messages.toString());

        List<String> seen = new ArrayList<>();
        long from = 0;
        JsonNode answer;
        do {
            answer = peek("odd", "&limit=7&from=" + from);
            List<JsonNode> page = list(answer.get("messages"));
            assertThat(page).hasSizeLessThanOrEqualTo(7);
            seen.addAll(bodies(page));
            assertThat(answer.get("nextFrom").longValue()).isGreaterThan(from);
            from = answer.get("nextFrom").longValue();
        } while (answer.get("more").booleanValue());

        assertThat(seen).isEqualTo(odd);
        assertThat(from).isEqualTo(700);
        assertThat(selected("odd")).isEqualTo(odd);
    }

    @Test
    void aPageThatIsFullGoesOnRightBehindTheLastOneThatItShows() {
        publishAll("{'body':'a'},{'body':'b'},{'body':'c'}");

        JsonNode first = peek("TRUE", "&limit=2");
        JsonNode second = peek("TRUE", "&limit=1&from=" + first.get("nextFrom"));

        assertThat(bodies(list(first.get("messages")))).containsExactly("a", "b");
        assertThat(first.get("more").booleanValue()).isTrue();
        assertThat(bodies(list(second.get("messages")))).containsExactly("c");
        assertThat(second.get("more").booleanValue()).isFalse();
    }

    @Test
    void aRequestLooksAtSoManyMessagesAndSaysWhereToGoOnWhereItFoundNone() {
        String fillers = "{},".repeat(9_999) + "{}";
        publishAll(fillers);
        publishAll(fillers);
        publishAll("{'body':'far','headers':{'n':1}}");

        JsonNode first = peek("n = 1", "");
        assertThat(first.get("messages")).isEmpty();
        assertThat(first.get("nextFrom").longValue()).isEqualTo(FilteredPeek.MESSAGES_MAX);
        assertThat(first.get("more").booleanValue()).isTrue();
        JsonNode second = peek("n = 1", "&from=" + first.get("nextFrom"));
        assertThat(second.get("nextFrom").longValue()).isEqualTo(2 * FilteredPeek.MESSAGES_MAX);
        JsonNode third = peek("n = 1", "&from=" + second.get("nextFrom"));
        assertThat(bodies(list(third.get("messages")))).containsExactly("far");
        assertThat(third.get("more").booleanValue()).isFalse();
    }

    @Test
    void aRequestLooksAtSoManyBytes() {
        byte[] large = new byte[1 << 20];
        for (int i = 0; i < 12; i++) {
            http.send("POST", "/v1/queues/q/messages", null, large).expect(201);
        }

        JsonNode nothing = peek("n = 1", "");
        assertThat(nothing.get("messages")).isEmpty();
        assertThat(nothing.get("nextFrom").longValue()).isBetween(7L, 9L);
        assertThat(nothing.get("more").booleanValue()).isTrue();
        assertThat(list(peek("TRUE", "&limit=100").get("messages"))).hasSizeBetween(7, 9);
    }

    @Test
    void aRequestEndsWhereItsConditionsHaveReadLongTextsOftenEnough() {
        String message = "{'body':'m','headers':{'t':'" + "a".repeat(60_000) + "'}},";
        publishAll(message.repeat(9) + "{'body':'last'}");
        String hostile = "t <> t OR ".repeat(80) + "t LIKE '%b%'";

        JsonNode first = peek(hostile, "");
        assertThat(first.get("nextFrom").longValue()).isEqualTo(1);
        assertThat(first.get("more").booleanValue()).isTrue();
        assertThat(peek(hostile, "&from=9").get("more").booleanValue()).isFalse();
        assertThat(peek("t <> t", "").get("nextFrom").longValue()).isEqualTo(10);
    }

    @Test
    void whatIsNoSelectorIsRefusedWithThePlace() {
        JsonNode problem =
                ask("color = 'red' AND", "").expectProblem(400, "invalid-value").json();
        assertThat(problem.get("detail").textValue())
                .isEqualTo("query parameter filter is wrong at character 18: expected a name, a literal or (,"
                        + " found the end");
        ask("(".repeat(1_000), "").expectProblem(400, "invalid-value");
        ask("a LIKE '%" + "_".repeat(65) + "%'", "").expectProblem(400, "invalid-value");
    }

    @Test
    void anEmptyFilterIsNone() {
        publishAll("{'body':'a'}");

        assertThat(selected("")).containsExactly("a");
        assertThat(selected(" ")).containsExactly("a");
    }

    @Test
    void whoeverHasNoQueueIsToldSo() {
        http.get("/v1/queues/none/messages?filter=a").expectProblem(404, "queue-not-found");
    }
}

package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.Http;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.NativeBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How what is said of a delivery is read: what is refused, by name, and what is stored together. */
class DeliveryFieldsTest extends RigTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            'priority':-1                      | invalid-value  | priority is 0 to 4294967295
            'priority':4294967296              | invalid-value  | priority is 0 to 4294967295
            'priority':99999999999999999999    | invalid-value  | priority is 0 to 4294967295
            'priority':1.5                     | malformed-json | priority is not a whole number
            'priority':'1'                     | malformed-json | priority is not a whole number
            'priority':null                    | malformed-json | priority is not a whole number
            'priority':1,'priority':2          | malformed-json | has priority twice
            'delayMillis':-1                   | invalid-value  | delayMillis is 0 to 3153600000000
            'delayMillis':3153600000001        | invalid-value  | delayMillis is 0 to 3153600000000
            'dueMillis':0                      | invalid-value  | dueMillis is 1 to 253402300799999
            'dueMillis':253402300800000        | invalid-value  | dueMillis is 1 to 253402300799999
            'timeToLiveMillis':0               | invalid-value  | timeToLiveMillis is 1 to 3153600000000
            'expiryMillis':0                   | invalid-value  | expiryMillis is 1 to 253402300799999
            'expiryMillis':253402300800000     | invalid-value  | expiryMillis is 1 to 253402300799999
            'delayMillis':0,'dueMillis':1      | invalid-value  | has delayMillis and dueMillis
            'timeToLiveMillis':1,'expiryMillis':1 | invalid-value | has timeToLiveMillis and expiryMillis
            'group':''                         | invalid-value  | group is empty
            'group':7                          | malformed-json | group is not a string
            'group':'a','group':'b'            | malformed-json | has group twice
            'group':'\\uD800'                  | malformed-json | group has half of a surrogate pair
            'deduplicationId':''               | invalid-value  | deduplicationId is empty
            'deduplicationId':[]               | malformed-json | deduplicationId is not a string
            'priorty':1                        | invalid-value  | has no field priorty
            """,
            quoteCharacter = '"')
    void whatCannotBeIsRefusedWithMessageAndField(String fields, String problem, String detail) {
        String json = "{\"messages\":[{\"body\":\"good\"},{" + fields.replace('\'', '"') + "}]}";

        Http.Answer answer = http.post("/v1/queues/q/publish", json).expectProblem(400, problem);

        assertThat(answer.json().get("detail").textValue()).startsWith("message 1 " + detail);
        assertThat(stats().get("published").longValue()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            Millrace-Priority            | 4294967296      | is a whole number from 0 to 4294967295
            Millrace-Priority            | high            | is a whole number from 0 to 4294967295
            Millrace-Priority            | -1              | is a whole number from 0 to 4294967295
            Millrace-Delay-Millis        | 10s             | is a whole number from 0 to 3153600000000
            Millrace-Due-Millis          | 0               | is a whole number from 1 to 253402300799999
            Millrace-Time-To-Live-Millis | 0               | is a whole number from 1 to 3153600000000
            Millrace-Expiry-Millis       | 253402300800000 | is a whole number from 1 to 253402300799999
            Millrace-Group               | ""              | is empty
            Millrace-Deduplication-Id    | ""              | is empty
            """,
            quoteCharacter = '"')
    void aFieldOfAHeaderThatCannotBeIsRefusedByName(String name, String value, String detail) {
        expectRefused(http.with(name, value), "header " + name.toLowerCase(Locale.ROOT) + " " + detail);
    }

    @Test
    void fieldsOfAHeaderThatExcludeEachOtherOrAreThereTwiceAreRefused() {
        expectRefused(
                http.with("Millrace-Delay-Millis", "1", "Millrace-Due-Millis", "1"),
                "the header has millrace-delay-millis and millrace-due-millis");
        expectRefused(
                http.with("Millrace-Time-To-Live-Millis", "1", "Millrace-Expiry-Millis", "1"),
                "the header has millrace-time-to-live-millis and millrace-expiry-millis");
        expectRefused(
                http.with("Millrace-Priority", "1", "Millrace-Priority", "2"),
                "header millrace-priority is there twice");
        expectRefused(http.with("Millrace-Group", "a", "Millrace-Group", "b"), "header millrace-group is there twice");
    }

    private void expectRefused(Http with, String detail) {
        Http.Answer answer =
                with.send("POST", "/v1/queues/q/messages", null, new byte[1]).expectProblem(400, "invalid-value");
        assertThat(answer.json().get("detail").textValue()).startsWith(detail);
        assertThat(stats().get("published").longValue()).isZero();
    }

    @Test
    void messagesOfWhichNothingIsSaidAreOneEntry() throws IOException {
        List<NativeBatch> batches = read("{},{'key':'a'},{'headers':{'a':1}},{'messageId':'b'}");

        assertThat(counts(batches)).containsExactly(4);
        assertThat(batches.get(0).attributes()).isSameAs(DeliveryAttributes.NONE);
        batches.forEach(NativeBatch::release);
    }

    @Test
    void messagesOfWhichTheSameIsSaidShareAnEntryAsLongAsTheyFollowEachOther() throws IOException {
        List<NativeBatch> batches =
                read("{'priority':1},{'priority':1},{},{},{'priority':1},{'priority':1,'delayMillis':5},"
                        + "{'priority':1,'delayMillis':5},{'priority':1,'delayMillis':5,'group':'a'},"
                        + "{'priority':1,'delayMillis':5,'group':'a'},{'priority':1,'delayMillis':5,'group':'b'}");

        assertThat(counts(batches)).containsExactly(2, 2, 1, 2, 2, 1);
        assertThat(batches.get(4).group()).isEqualTo("a");
        batches.forEach(NativeBatch::release);
    }

    @Test
    void aMessageWithADeduplicationIdHasAnEntryOfItsOwn() throws IOException {
        List<NativeBatch> batches =
                read("{},{'deduplicationId':'a'},{'deduplicationId':'a'},{'deduplicationId':'b'},{},{}");

        assertThat(counts(batches)).containsExactly(1, 1, 1, 1, 2);
        assertThat(batches).extracting(NativeBatch::deduplicationId).containsExactly(null, "a", "a", "b", null);
        batches.forEach(NativeBatch::release);
    }

    private static List<NativeBatch> read(String messages) throws IOException {
        ByteBuf request =
                Unpooled.copiedBuffer("{\"messages\":[" + messages.replace('\'', '"') + "]}", StandardCharsets.UTF_8);
        try {
            return BatchReader.read(request, UnpooledByteBufAllocator.DEFAULT, new QueueTarget())
                    .batches();
        } finally {
            request.release();
        }
    }

    private static List<Integer> counts(List<NativeBatch> batches) {
        return batches.stream().map(NativeBatch::count).toList();
    }
}

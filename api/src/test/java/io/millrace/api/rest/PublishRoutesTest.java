package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.RawConnection;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishRoutesTest extends RigTest {
    @Test
    void aRawMessageKeepsItsBodyAndWhatItsHeaderSays() {
        String id = http.with(
                        "Millrace-Key", "customer 7",
                        "Millrace-Message-Id", "m-1",
                        "Millrace-Correlation-Id", "c-1",
                        "Millrace-Reply-To", "answers",
                        "Millrace-Header-Trace", "t-1")
                .send("POST", "/v1/queues/q/messages", "text/x-anything; a=b", "hello".getBytes(UTF_8))
                .expect(201)
                .json()
                .get("id")
                .textValue();

        JsonNode message = receiveOne();

        assertThat(message.get("id").textValue()).isEqualTo(id);
        assertThat(message.get("body").textValue()).isEqualTo("hello");
        assertThat(message.get("contentType").textValue()).isEqualTo("text/x-anything; a=b");
        assertThat(message.get("key").textValue()).isEqualTo("customer 7");
        assertThat(message.get("messageId").textValue()).isEqualTo("m-1");
        assertThat(message.get("correlationId").textValue()).isEqualTo("c-1");
        assertThat(message.get("replyTo").textValue()).isEqualTo("answers");
        assertThat(message.get("headers").toString()).isEqualTo("{\"trace\":\"t-1\"}");
        assertThat(message.get("publishedMillis").longValue()).isPositive();
    }

    @Test
    void aRawMessageMayBeEmpty() {
        http.send("POST", "/v1/queues/q/messages", null, null).expect(201);

        JsonNode message = receiveOne();
        assertThat(message.get("body").textValue()).isEmpty();
        assertThat(message.has("contentType")).isFalse();
    }

    @Test
    void headerFieldsMayBeUtf8ButNothingElse() {
        try (RawConnection connection = RawConnection.to(http.address())) {
            String start = "POST /v1/queues/q/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n";
            byte[] utf8 = (start + "Millrace-Key: schlüssel\r\n\r\n").getBytes(UTF_8);
            assertThat(connection.send(utf8).readAnswer().status()).isEqualTo(201);
            connection.send(start + "Millrace-Key: schl\u00FCssel\r\n\r\n");
            assertThat(connection.readAnswer().status()).isEqualTo(400);
        }
        assertThat(receiveOne().get("key").textValue()).isEqualTo("schlüssel");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 4096, 65_536, 1_000_000, 5_000_000})
    void aBodyOfAnySizeComesBackByteForByte(int bytes) {
        byte[] body = new byte[bytes];
        new SplittableRandom(bytes).nextBytes(body);
        body[0] = (byte) 0xFF; // never UTF-8

        http.send("POST", "/v1/queues/q/messages", null, body).expect(201);

        JsonNode message = receiveOne();
        assertThat(message.has("body")).isFalse();
        assertThat(Base64.getDecoder().decode(message.get("bodyBase64").textValue()))
                .isEqualTo(body);
    }

    @Test
    void aBatchKeepsEveryPropertyWithItsType() {
        String batch =
                """
                {"messages":[
                  {"body":"a \\"quoted\\" ü 😀 \\u0000 text","key":"k","contentType":"text/plain","correlationId":"c",
                   "replyTo":"r","messageId":"m",
                   "headers":{"text":"ä","whole":9007199254740993,"number":1.5,"yes":true,"no":false,
                              "bytes":{"base64":"AP8="}}},
                  {"bodyBase64":"AP8="},
                  {"headers":{"only":1}}
                ]}""";

        JsonNode ids =
                http.post("/v1/queues/q/publish", batch).expect(201).json().get("ids");
        List<JsonNode> messages = receive("{}");

        assertThat(messages).hasSize(3);
        assertThat(messages.stream().map(message -> message.get("id"))).containsExactlyElementsOf(list(ids));
        JsonNode first = messages.get(0);
        assertThat(first.get("body").textValue()).isEqualTo("a \"quoted\" ü 😀 \u0000 text");
        assertThat(first.get("key").textValue()).isEqualTo("k");
        assertThat(first.get("contentType").textValue()).isEqualTo("text/plain");
        assertThat(first.get("correlationId").textValue()).isEqualTo("c");
        assertThat(first.get("replyTo").textValue()).isEqualTo("r");
        assertThat(first.get("messageId").textValue()).isEqualTo("m");
        assertThat(first.get("headers").toString())
                .isEqualTo("{\"text\":\"ä\",\"whole\":9007199254740993,\"number\":1.5,\"yes\":true,\"no\":false,"
                        + "\"bytes\":{\"base64\":\"AP8=\"}}");
        assertThat(messages.get(1).get("bodyBase64").textValue()).isEqualTo("AP8=");
        assertThat(messages.get(2).get("body").textValue()).isEmpty();
        assertThat(messages.get(2).get("headers").toString()).isEqualTo("{\"only\":1}");
    }

    @Test
    void aLargeBatchIsOneEntryInOrder() {
        String batch = IntStream.range(0, 1000)
                .mapToObj(i -> "{\"body\":\"" + "x".repeat(i) + "\"}")
                .collect(Collectors.joining(",", "{\"messages\":[", "]}"));

        JsonNode ids =
                http.post("/v1/queues/q/publish", batch).expect(201).json().get("ids");

        assertThat(ids).hasSize(1000);
        List<JsonNode> messages = receive("{\"max\":1000}");
        assertThat(messages).hasSize(1000);
        for (int i = 0; i < 1000; i++) {
            assertThat(messages.get(i).get("body").textValue()).hasSize(i);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "7",
                "{\"messages\":[]}",
                "{\"messages\":{}}",
                "{\"messages\":[7]}",
                "{\"messages\":[{\"body\":\"a\"}",
                "{\"messages\":[{\"body\":\"a\"}]} x",
                "{\"messages\":[{\"body\":\"a\"}],\"more\":1}",
                "{\"messages\":[{\"body\":\"a\"}],\"messages\":[{\"body\":\"a\"}]}",
                "{\"messages\":[{\"body\":7}]}",
                "{\"messages\":[{\"body\":null}]}",
                "{\"messages\":[{\"body\":\"a\",\"body\":\"b\"}]}",
                "{\"messages\":[{\"body\":\"a\",\"bodyBase64\":\"YQ==\"}]}",
                "{\"messages\":[{\"bodyBase64\":\"*\"}]}",
                "{\"messages\":[{\"body\":\"\\uD800\"}]}",
                "{\"messages\":[{\"body\":\"\\uDC00\"}]}",
                "{\"messages\":[{\"body\":\"\\uD800x\"}]}",
                "{\"messages\":[{\"key\":\"\\uD800\"}]}",
                "{\"messages\":[{\"key\":\"a\",\"key\":\"b\"}]}",
                "{\"messages\":[{\"key\":7}]}",
                "{\"messages\":[{\"headers\":[]}]}",
                "{\"messages\":[{\"headers\":{\"a\":null}}]}",
                "{\"messages\":[{\"headers\":{\"a\":[]}}]}",
                "{\"messages\":[{\"headers\":{\"a\":{\"b\":\"c\"}}}]}",
                "{\"messages\":[{\"headers\":{\"a\":{\"base64\":\"YQ==\",\"b\":1}}}]}",
                "{\"messages\":[{\"headers\":{\"a\":1,\"a\":2}}]}",
                "{\"messages\":[{\"headers\":{\"a\":1},\"headers\":{\"a\":2}}]}",
                "{\"messages\":[{\"body\":\"a\nb\"}]}",
            })
    void whatIsNotTheJsonOfABatchIsRefusedWhole(String json) {
        http.post("/v1/queues/q/publish", json).expectProblem(400, "malformed-json");
        assertThat(stats().get("published").longValue()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"messages\":[{\"body\":\"good\"},{\"bdy\":\"a\"}]}",
                "{\"messages\":[{\"headers\":{\"a\":9223372036854775808}}]}",
                "{\"messages\":[{\"headers\":{\"a\":1e999}}]}",
            })
    void aValueThatCannotBeIsRefusedWhole(String json) {
        http.post("/v1/queues/q/publish", json).expectProblem(400, "invalid-value");
        assertThat(stats().get("published").longValue()).isZero();
    }

    @Test
    void nestingStringsAndCountsAreBounded() {
        String nested = "{\"messages\":" + "[".repeat(1000) + "]".repeat(1000) + "}";
        http.post("/v1/queues/q/publish", nested).expectProblem(400, "malformed-json");
        String key = "{\"messages\":[{\"key\":\"" + "k".repeat(65_536) + "\"}]}";
        http.post("/v1/queues/q/publish", key).expectProblem(400, "invalid-value");
        String name = "{\"messages\":[{\"headers\":{\"" + "n".repeat(65_536) + "\":1}}]}";
        http.post("/v1/queues/q/publish", name).expectProblem(400, "malformed-json");
        String headers =
                IntStream.range(0, 257).mapToObj(i -> "\"h" + i + "\":1").collect(Collectors.joining(","));
        http.post("/v1/queues/q/publish", "{\"messages\":[{\"headers\":{" + headers + "}}]}")
                .expectProblem(400, "invalid-value");
        String messages = IntStream.range(0, 10_001).mapToObj(i -> "{}").collect(Collectors.joining(","));
        http.post("/v1/queues/q/publish", "{\"messages\":[" + messages + "]}").expectProblem(400, "invalid-value");
        assertThat(stats().get("published").longValue()).isZero();
    }

    @Test
    void aMessageLargerThanItsQueueTakesIsRefusedWithItsWholeBatch() {
        http.patch("/v1/queues/q", "{\"messageBytesMax\":100}").expect(200);

        String batch = "{\"messages\":[{\"body\":\"small\"},{\"body\":\"" + "x".repeat(101) + "\"}]}";
        http.post("/v1/queues/q/publish", batch).expectProblem(413, "message-too-large");
        http.send("POST", "/v1/queues/q/messages", null, new byte[101]).expectProblem(413, "message-too-large");

        assertThat(stats().get("published").longValue()).isZero();
    }

    @Test
    void anEncodedBodyOrAnotherTypeIsRefused() {
        http.with("Content-Encoding", "gzip")
                .send("POST", "/v1/queues/q/messages", null, new byte[10])
                .expectProblem(415, "unsupported-media-type");
        http.send("POST", "/v1/queues/q/publish", "application/x-www-form-urlencoded", "{}".getBytes(UTF_8))
                .expectProblem(415, "unsupported-media-type");
    }
}

package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.api.Rig;
import io.millrace.api.http.HttpLimits;
import io.millrace.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publishes of producers that number their messages. */
@LeakCheck
class NumberedPublishTest {
    private static final String TWO = "{\"messages\":[{\"key\":\"k\",\"body\":\"a\"},{\"body\":\"b\"}]}";

    @TempDir
    Path directory;

    private Rig rig;
    private Http http;

    @BeforeEach
    void open() throws IOException {
        start();
        http.put("/v1/topics/t", "{\"partitions\":2}").expect(201);
    }

    private void start() throws IOException {
        rig = Rig.open(directory, HttpLimits.DEFAULT);
        http = rig.http();
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private Http.Answer publish(String query, String body) {
        return http.post("/v1/topics/t/partitions/1/publish?" + query, body);
    }

    @Test
    void whatIsSentAgainIsStoredOnceAlsoAfterARestart() throws IOException {
        JsonNode first =
                publish("producer=p&sequence=0", TWO).expect(201).json().get("messages");
        assertThat(first.get(0).get("offset").intValue()).isZero();
        assertThat(first.get(1).get("offset").intValue()).isOne();
        assertThat(first.get(0).has("duplicate")).isFalse();
        publish("producer=other&sequence=0", TWO).expect(201);
        rig.close();
        start();

        JsonNode again =
                publish("producer=p&sequence=0", TWO).expect(201).json().get("messages");
        assertThat(again.get(1).get("offset").intValue()).isOne();
        assertThat(again.get(1).get("duplicate").booleanValue()).isTrue();
        assertThat(again.get(1).get("id")).isEqualTo(first.get(1).get("id"));
        JsonNode next = publish("producer=p&sequence=2", TWO).expect(201).json().get("messages");
        assertThat(next.get(0).get("offset").intValue()).isEqualTo(4);
        assertThat(http.get("/v1/topics/t/partitions/1/messages").json().get("messages"))
                .hasSize(6);
    }

    @Test
    void whatIsNotNextIsRefused() {
        publish("producer=p&epoch=3&sequence=0", TWO).expect(201);
        publish("producer=p&epoch=3&sequence=3", TWO).expectProblem(409, "sequence-out-of-order");
        publish("producer=p&epoch=3&sequence=1", TWO).expectProblem(409, "sequence-out-of-order");
        publish("producer=p&epoch=3&sequence=1", "{\"messages\":[{\"body\":\"b\"}]}")
                .expectProblem(409, "sequence-known");
        publish("producer=p&epoch=2&sequence=2", TWO).expectProblem(409, "producer-fenced");
        publish("producer=p&epoch=4&sequence=2", TWO).expectProblem(409, "sequence-out-of-order");
        publish("producer=p&epoch=4&sequence=0", TWO).expect(201);
    }

    @Test
    void whatIsMissingOrWrongIsSaid() {
        publish("sequence=0", TWO).expectProblem(400, "invalid-value");
        publish("producer=p", TWO).expectProblem(400, "invalid-value");
        publish("producer=p&sequence=-1", TWO).expectProblem(400, "invalid-value");
        publish("producer=p&sequence=2147483648", TWO).expectProblem(400, "invalid-value");
        publish("producer=p&sequence=0&epoch=65536", TWO).expectProblem(400, "invalid-value");
        publish("producer=p&sequence=0", "{\"messages\":[]}").expectProblem(400, "malformed-json");
        publish("producer=p&sequence=0", "{\"messages\":[{\"body\":\"a\",\"deduplicationId\":\"d\"}]}")
                .expectProblem(400, "invalid-value");
        publish("producer=p&sequence=0", "{\"messages\":[{\"body\":\"a\",\"priority\":1}]}")
                .expectProblem(400, "invalid-value");
        http.post("/v1/topics/t/partitions/2/publish?producer=p&sequence=0", TWO)
                .expectProblem(404, "partition-not-found");
    }
}

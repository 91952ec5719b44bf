package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.base.file.FileSystem;
import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.SimulatedFileSystem;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A sync fails: nothing is confirmed after it, everybody is told so, and health and metrics name it. */
class FailedStorageTest extends RigTest {
    private final SimulatedFileSystem disk = new SimulatedFileSystem(new Random(1));

    @Override
    FileSystem disk() {
        return disk;
    }

    @Test
    void afterAFailedSyncNothingIsConfirmedAndHealthNamesTheFailure() {
        publish("before");
        JsonNode message = receiveOne();
        disk.faults().fail(Kind.SYNC, 1);
        byte[] body = "after".getBytes(UTF_8);

        http.send("POST", "/v1/queues/q/messages", "text/plain", body).expectProblem(500, "storage-failed");
        // The disk works again; what it lost it does not say.
        http.send("POST", "/v1/queues/q/messages", "text/plain", body).expectProblem(500, "storage-failed");
        http.post("/v1/queues/q/receive", "{\"waitMillis\":1000}").expectProblem(500, "storage-failed");
        http.post(
                        "/v1/queues/q/settle",
                        "{\"settle\":[{\"lease\":\"" + message.get("lease").textValue()
                                + "\",\"action\":\"acknowledge\"}]}")
                .expectProblem(500, "storage-failed");
        http.post("/v1/queues/q/purge", "").expectProblem(500, "storage-failed");
        http.put("/v1/queues/other", "").expectProblem(500, "storage-failed");

        http.get("/health/live").expect(200);
        JsonNode health =
                http.get("/health/ready").expectProblem(503, "not-ready").json();
        assertThat(health.get("detail").textValue())
                .startsWith("storage has failed: ")
                .contains(": simulated failure", "; stopped: every shard; nothing is confirmed");
        assertThat(http.get("/metrics").text().lines())
                .contains(
                        "millrace_failed_shards 4.0",
                        "millrace_ready 0.0",
                        "millrace_queue_acknowledged_total" + "{queue=\"q\",space=\"root\"} 0.0");
    }

    @Test
    void aBrokerWithSoundStorageHasNoFailedShard() {
        assertThat(http.get("/metrics").text().lines()).contains("millrace_failed_shards 0.0", "millrace_ready 1.0");
    }
}

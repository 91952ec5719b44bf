package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.Http;
import io.millrace.api.Rig;
import io.millrace.api.http.HttpDoorOptions;
import io.millrace.api.http.HttpLimits;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.base.file.FileSystem;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.testkit.LeakCheck;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A rig for each test, with a queue q, and the words that tests of messages are written in. */
@LeakCheck
abstract class RigTest {
    @TempDir
    Path directory;

    Rig rig;
    Http http;

    @BeforeEach
    void open() throws IOException {
        rig = Rig.open(directory, options(), client(), disk(), store());
        http = rig.http();
        http.put("/v1/queues/q", "").expect(201);
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    HttpLimits limits() {
        return HttpLimits.DEFAULT;
    }

    LocalStoreOptions store() {
        return Rig.STORE;
    }

    HttpDoorOptions options() {
        return HttpDoorOptions.onFreePort().with(limits());
    }

    FileSystem disk() {
        return new DiskFileSystem();
    }

    HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    /** Publishes a text and returns its id. */
    String publish(String text) {
        return http.send("POST", "/v1/queues/q/messages", "text/plain", text.getBytes(UTF_8))
                .expect(201)
                .json()
                .get("id")
                .textValue();
    }

    List<JsonNode> receive(String json) {
        return list(http.post("/v1/queues/q/receive", json).expect(200).json().get("messages"));
    }

    JsonNode receiveOne() {
        List<JsonNode> messages = receive("{\"max\":1,\"waitMillis\":20000}");
        return messages.get(0);
    }

    /** The result of one settlement. */
    JsonNode settle(JsonNode message, String action, Object... more) {
        ObjectNode body = Http.JSON.createObjectNode();
        ObjectNode item = body.putArray("settle").addObject();
        item.put("lease", message.get("lease").textValue()).put("action", action);
        for (int i = 0; i < more.length; i += 2) {
            item.put((String) more[i], ((Number) more[i + 1]).longValue());
        }
        return http.post("/v1/queues/q/settle", body.toString())
                .expect(200)
                .json()
                .at("/results/0");
    }

    JsonNode stats() {
        return http.get("/v1/queues/q").expect(200).json().get("stats");
    }

    static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    static List<String> bodies(List<JsonNode> messages) {
        return messages.stream().map(message -> message.get("body").textValue()).toList();
    }
}

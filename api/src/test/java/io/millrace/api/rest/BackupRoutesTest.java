package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.NamePattern;
import io.millrace.broker.security.ResourceKind;
import io.millrace.broker.security.SpaceScope;
import io.millrace.broker.security.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackupRoutesTest extends RigTest {
    private static final String SLOW = "{\"name\":\"monday\",\"bytesPerSecond\":65536}";

    @Test
    void aBackupIsBegunAndShownToItsEnd() {
        JsonNode begun =
                post("{\"name\":\"monday\",\"bytesPerSecond\":0}").expect(202).json();
        assertThat(begun.get("name").textValue()).isEqualTo("monday");
        assertThat(begun.has("error")).isFalse();

        rig.backups().await();

        JsonNode done = http.get("/v1/backups/monday").expect(200).json();
        assertThat(done.get("state").textValue()).isEqualTo("done");
        assertThat(done.get("files").intValue())
                .isPositive()
                .isEqualTo(done.get("filesTotal").intValue());
        assertThat(done.get("bytes").longValue())
                .isPositive()
                .isEqualTo(done.get("bytesTotal").longValue());
        http.get("/v1/backups/tuesday").expectProblem(404, "backup-not-found");
    }

    @Test
    void aSecondOneWaitsForTheFirst() {
        http.send("POST", "/v1/queues/q/messages", null, new byte[2 << 20]).expect(201);
        post(SLOW).expect(202);

        post(SLOW.replace("monday", "tuesday")).expectProblem(409, "backup-running");

        http.send("DELETE", "/v1/backups/monday", null, null).expect(202);
        rig.backups().await();
        JsonNode ended = http.get("/v1/backups/monday").expect(200).json();
        assertThat(ended.get("state").textValue()).isEqualTo("cancelled");
        post("{\"name\":\"tuesday\"}").expect(202);
        rig.backups().await();
        http.send("DELETE", "/v1/backups/monday", null, null).expectProblem(404, "backup-not-found");
    }

    @Test
    void aBrokerThatEndsEndsItsBackup() throws Exception {
        http.send("POST", "/v1/queues/q/messages", null, new byte[2 << 20]).expect(201);
        post(SLOW).expect(202);
        var run = rig.backups().find("monday");

        rig.restart();

        assertThat(run.progress().error()).isEqualTo("the broker is shutting down");
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        post("{}").expectProblem(400, "malformed-json");
        post("{\"name\":\"monday\",\"bytesPerSecond\":65535}").expectProblem(400, "invalid-value");
        post("{\"name\":\"monday\",\"bytesPerSecond\":-1}").expectProblem(400, "invalid-value");
        post("{\"name\":\"monday\",\"where\":\"/\"}").expectProblem(400, "invalid-value");
        http.get("/v1/backups/monday").expectProblem(404, "backup-not-found");
    }

    @Test
    void onlyWhoAdministersTheBrokerMakesBackups() {
        rig.addUser("admin", "secret", true);
        rig.addUser(
                "looker",
                "secret",
                false,
                Statement.allow(List.of(Action.DESCRIBE), ResourceKind.BROKER, SpaceScope.every(), NamePattern.any()));
        rig.addUser("other", "secret", false);
        byte[] body = "{\"name\":\"monday\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8);

        for (String who : List.of("looker", "other")) {
            http.as(who, "secret")
                    .send("POST", "/v1/backups", "application/json", body)
                    .expectProblem(403, "forbidden");
            http.as(who, "secret")
                    .send("DELETE", "/v1/backups/monday", null, null)
                    .expectProblem(403, "forbidden");
        }
        http.as("other", "secret").get("/v1/backups/monday").expectProblem(403, "forbidden");
        http.as("looker", "secret").get("/v1/backups/monday").expectProblem(404, "backup-not-found");
        http.as("admin", "secret")
                .send("POST", "/v1/backups", "application/json", body)
                .expect(202);
        rig.backups().await();
        http.as("looker", "secret").get("/v1/backups/monday").expect(200);
    }

    private io.millrace.api.Http.Answer post(String json) {
        return http.send(
                "POST", "/v1/backups", "application/json", json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}

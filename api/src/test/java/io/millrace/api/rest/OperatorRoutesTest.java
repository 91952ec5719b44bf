package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.http.Problem;
import io.millrace.broker.SpaceName;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.NamePattern;
import io.millrace.broker.security.ResourceKind;
import io.millrace.broker.security.SpaceScope;
import io.millrace.broker.security.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OperatorRoutesTest extends RigTest {
    @Test
    void aBrokerThatServesIsLiveAndReady() {
        assertThat(http.get("/health/live").expect(200).text()).isEqualTo("{\"live\":true}");
        JsonNode ready = http.get("/health/ready").expect(200).json();
        assertThat(ready.get("ready").booleanValue()).isTrue();
        assertThat(ready.get("hasSpace").booleanValue()).isTrue();
        assertThat(ready.get("damageCount").intValue()).isZero();
        assertThat(ready.get("damages")).isEmpty();
    }

    @Test
    void aBrokerThatShutsDownIsLiveButNotReady() {
        rig.broker().beginClose().join();

        http.get("/health/live").expect(200);
        JsonNode problem =
                http.get("/health/ready").expectProblem(503, "not-ready").json();
        assertThat(problem.get("detail").textValue()).isEqualTo("shutting down");
        http.send("POST", "/v1/queues/q/messages", null, new byte[1]).expectProblem(503, "closing");
    }

    @Test
    void theLevelOfALoggerIsSetAndTakenAway() {
        assertThat(http.get("/v1/log-level").expect(200).text()).isEqualTo("{\"levels\":{\"ROOT\":\"info\"}}");

        JsonNode changed = http.put("/v1/log-level", "{\"logger\":\"io.millrace\",\"level\":\"debug\"}")
                .expect(200)
                .json();
        assertThat(changed.at("/levels/io.millrace").textValue()).isEqualTo("debug");

        http.put("/v1/log-level", "{\"logger\":\"io.millrace\",\"level\":\"inherit\"}")
                .expect(200);
        assertThat(http.get("/v1/log-level").json().at("/levels/io.millrace").isMissingNode())
                .isTrue();
        http.put("/v1/log-level", "{\"logger\":\"io.millrace\",\"level\":\"loud\"}")
                .expectProblem(400, "invalid-value");
        http.put("/v1/log-level", "{\"logger\":\"a b\",\"level\":\"info\"}").expectProblem(400, "invalid-value");
        http.put("/v1/log-level", "{\"level\":\"info\"}").expectProblem(400, "malformed-json");
    }

    @Test
    void lookingAtTheBrokerAndChangingItAreTwoThings() {
        rig.addUser("admin", "secret", true);
        rig.addUser(
                "looker",
                "secret",
                false,
                Statement.allow(List.of(Action.DESCRIBE), ResourceKind.BROKER, SpaceScope.every(), NamePattern.any()));
        rig.addUser(
                "other",
                "secret",
                false,
                Statement.allow(
                        List.of(Action.values()).stream()
                                .filter(ResourceKind.QUEUE::takes)
                                .toList(),
                        ResourceKind.QUEUE,
                        SpaceScope.only(SpaceName.ROOT),
                        NamePattern.any()));
        String change = "{\"logger\":\"io.millrace\",\"level\":\"debug\"}";

        http.as("looker", "secret").get("/v1/log-level").expect(200);
        http.as("looker", "secret").get("/metrics").expect(200);
        http.as("looker", "secret").put("/v1/log-level", change).expectProblem(403, "forbidden");
        http.as("other", "secret").get("/v1/log-level").expectProblem(403, "forbidden");
        http.as("other", "secret").get("/metrics").expectProblem(403, "forbidden");
        http.as("admin", "secret").put("/v1/log-level", change).expect(200);
    }

    @ParameterizedTest
    @EnumSource(Problem.class)
    void everyProblemExplainsItself(Problem problem) {
        JsonNode explained = http.get(problem.type()).expect(200).json();

        assertThat(explained.get("title").textValue()).isEqualTo(problem.title());
        assertThat(explained.get("status").intValue()).isEqualTo(problem.status());
        assertThat(explained.get("retryable").booleanValue()).isEqualTo(problem.isRetryable());
    }

    @Test
    void aProblemThatIsNoneIsNotExplained() {
        http.get("/v1/problems/no-coffee").expectProblem(404, "no-such-route");
    }
}

package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every route answers what its description says. */
class EveryRouteSucceedsTest extends RigTest {
    @BeforeEach
    void prepare() {
        http.post(
                        "/v1/queues/q/publish",
                        "{\"messages\":[{\"body\":\"a\",\"key\":\"k\",\"headers\":{\"h\":1.5},\"priority\":1,"
                                + "\"dueMillis\":1,\"timeToLiveMillis\":600000,\"group\":\"g\","
                                + "\"deduplicationId\":\"d\"}]}")
                .expect(201);
        rig.addUser("admin", "secret", true);
        rig.addUser("ada", "secret", false);
    }

    static List<RouteCase> cases() {
        return RouteCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theAnswerIsAsDescribed(RouteCase each) {
        OpenApi openApi = OpenApi.read();

        Http.Answer answer = each.ask(rig, http.as("admin", "secret")).expect(each.status());

        if (each.status() == 204) {
            assertThat(answer.text()).isEmpty();
            return;
        }
        String mediaType = answer.header("content-type").replaceAll(";.*", "");
        JsonNode schema = openApi.answerSchema(each.route(), each.status(), mediaType);
        assertThat(schema.isMissingNode()).as(mediaType).isFalse();
        if (mediaType.equals("application/json")) {
            assertThat(openApi.faults(schema, answer.json())).as(answer.text()).isEmpty();
        }
    }
}

package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserRoutesTest extends RigTest {
    Http admin;

    @BeforeEach
    void makeAdministrator() {
        http.put("/v1/users/admin", "{\"password\":\"admin secret\",\"administrator\":true}")
                .expect(200);
        admin = http.as("admin", "admin secret");
    }

    @Test
    void aUserIsMadeShownListedAndRemoved() {
        String statement = "{\"effect\":\"allow\",\"actions\":[\"publish\"],\"kind\":\"queue\",\"space\":\"root\","
                + "\"pattern\":{\"prefix\":\"a-\"}}";
        JsonNode made = admin.put(
                        "/v1/users/ada",
                        "{\"password\":\"pässwörd 1\",\"tags\":[\"b\",\"a\"],\"statements\":[" + statement + "]}")
                .expect(200)
                .json();

        assertThat(made.toString())
                .isEqualTo("{\"name\":\"ada\",\"space\":\"root\",\"administrator\":false,\"hasPassword\":true,"
                        + "\"tags\":[\"a\",\"b\"],\"accessKeys\":[],\"statements\":[" + statement + "]}");
        assertThat(admin.get("/v1/users/ada").expect(200).json()).isEqualTo(made);
        assertThat(admin.get("/v1/users").expect(200).json().get("users").findValuesAsText("name"))
                .containsExactly("ada", "admin");
        http.as("ada", "pässwörd 1").get("/v1/queues").expect(200);

        admin.delete("/v1/users/ada").expect(204);
        admin.get("/v1/users/ada").expectProblem(404, "user-not-found");
        admin.delete("/v1/users/ada").expectProblem(404, "user-not-found");
        http.as("ada", "pässwörd 1").get("/v1/queues").expectProblem(401, "bad-credentials");
    }

    @Test
    void whatARequestDoesNotSayStaysAsItIs() {
        admin.put("/v1/spaces/shop", "").expect(200);
        admin.put("/v1/users/ada", "{\"password\":\"one\",\"space\":\"shop\",\"tags\":[\"t\"]}")
                .expect(200);

        admin.put("/v1/users/ada", "{\"password\":\"two\"}").expect(200);

        JsonNode ada = admin.get("/v1/users/ada").json();
        assertThat(ada.get("space").textValue()).isEqualTo("shop");
        assertThat(ada.get("tags").toString()).isEqualTo("[\"t\"]");
        http.as("ada", "one").get("/v1/queues").expectProblem(401, "bad-credentials");
        http.as("ada", "two").get("/v1/queues").expect(200);
    }

    @Test
    void anAccessKeyIsShownOnceAndWorksUntilItIsRemoved() {
        admin.put("/v1/users/ada", "{}").expect(200);
        JsonNode key = admin.send("POST", "/v1/users/ada/access-keys", null, null)
                .expect(201)
                .json();
        String id = key.get("id").textValue();
        String secret = key.get("secret").textValue();

        http.as(id, secret).get("/v1/queues").expect(200);
        http.as(id, secret + "x").get("/v1/queues").expectProblem(401, "bad-credentials");
        String shown = admin.get("/v1/users/ada").expect(200).text();
        assertThat(shown).contains(id).doesNotContain(secret);

        admin.delete("/v1/users/ada/access-keys/" + id).expect(204);
        admin.delete("/v1/users/ada/access-keys/" + id).expectProblem(404, "user-not-found");
        http.as(id, secret).get("/v1/queues").expectProblem(401, "bad-credentials");
        admin.send("POST", "/v1/users/nobody/access-keys", null, null).expectProblem(404, "user-not-found");
        admin.get("/v1/users/nobody").expectProblem(404, "user-not-found");
    }

    @Test
    void onlyAdministratorsTouchAdministrators() {
        String users = "{\"effect\":\"allow\",\"actions\":[\"describe\",\"administer\"],\"kind\":\"user\","
                + "\"space\":\"*\",\"pattern\":{\"glob\":\"*\"}}";
        admin.put("/v1/users/clerk", "{\"password\":\"clerk secret\",\"statements\":[" + users + "]}")
                .expect(200);
        Http clerk = http.as("clerk", "clerk secret");

        clerk.put("/v1/users/ada", "{\"password\":\"x\"}").expect(200);
        clerk.put("/v1/users/ada", "{\"administrator\":true}").expectProblem(403, "forbidden");
        clerk.put("/v1/users/clerk", "{\"administrator\":true}").expectProblem(403, "forbidden");
        clerk.put("/v1/users/admin", "{\"password\":\"x\"}").expectProblem(403, "forbidden");
        clerk.delete("/v1/users/admin").expectProblem(403, "forbidden");
        clerk.send("POST", "/v1/users/admin/access-keys", null, null).expectProblem(403, "forbidden");
        clerk.delete("/v1/users/ada").expect(204);
        admin.get("/v1/queues").expect(200);
    }

    @Test
    void whoMayNotAdministerLearnsNothing() {
        admin.put("/v1/users/ada", "{\"password\":\"ada secret\"}").expect(200);
        Http ada = http.as("ada", "ada secret");

        assertThat(ada.get("/v1/users").expect(200).text()).isEqualTo("{\"users\":[]}");
        ada.get("/v1/users/admin").expectProblem(403, "forbidden");
        ada.get("/v1/users/nobody").expectProblem(403, "forbidden");
        ada.put("/v1/users/nobody", "{}").expectProblem(403, "forbidden");
        ada.delete("/v1/users/nobody").expectProblem(403, "forbidden");
    }

    @Test
    void nobodyCanLockEverybodyOut() {
        admin.put("/v1/users/ada", "{\"password\":\"x\"}").expect(200);

        admin.put("/v1/users/admin", "{\"administrator\":false}").expectProblem(400, "invalid-value");
        admin.delete("/v1/users/admin").expectProblem(400, "invalid-value");

        admin.put("/v1/users/ada", "{\"administrator\":true}").expect(200);
        admin.delete("/v1/users/admin").expect(204);
        http.as("ada", "x").delete("/v1/users/ada").expect(204);
        http.put("/v1/users/first", "{\"password\":\"x\"}").expectProblem(400, "invalid-value");
        http.put("/v1/users/first", "{\"administrator\":true}").expectProblem(400, "invalid-value");
        http.get("/v1/queues").expect(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"password\":\"\"}",
                "{\"space\":\"*\"}",
                "{\"tags\":[\"\"]}",
                "{\"tags\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\",\"13\",\"14\","
                        + "\"15\",\"16\",\"17\"]}",
                "{\"statements\":[{}]}",
                "{\"statements\":[{\"effect\":\"allow\",\"actions\":[\"fly\"],\"kind\":\"queue\",\"space\":\"*\","
                        + "\"pattern\":{\"glob\":\"*\"}}]}",
                "{\"pasword\":\"x\"}"
            })
    void aUserThatCannotBeIsRefused(String json) {
        admin.put("/v1/users/ada", json).expectProblem(400, "invalid-value");
        admin.get("/v1/users/ada").expectProblem(404, "user-not-found");
    }

    @Test
    void aSpaceThatIsNotThereIsNamed() {
        admin.put("/v1/users/ada", "{\"space\":\"nowhere\"}").expectProblem(404, "space-not-found");
        admin.put("/v1/users/MLRCAAAAAAAAAAAAAAAA", "{}").expectProblem(400, "invalid-value");
    }
}

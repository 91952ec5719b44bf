package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.Http;
import org.junit.jupiter.api.Test;

class SpaceRoutesTest extends RigTest {
    @Test
    void aSpaceIsMadeShownListedAndRemoved() {
        http.put("/v1/spaces/shop", "").expect(200);
        http.put("/v1/spaces/shop", "").expect(200);

        assertThat(http.get("/v1/spaces/shop").expect(200).json().get("name").textValue())
                .isEqualTo("shop");
        assertThat(http.get("/v1/spaces").json().get("spaces").findValuesAsText("name"))
                .containsExactly("root", "shop");
        assertThat(http.get("/v1/spaces/root")
                        .expect(200)
                        .json()
                        .get("createdMillis")
                        .intValue())
                .isZero();

        http.delete("/v1/spaces/shop").expect(204);
        http.get("/v1/spaces/shop").expectProblem(404, "space-not-found");
        http.delete("/v1/spaces/shop").expectProblem(404, "space-not-found");
        http.delete("/v1/spaces/root").expectProblem(404, "space-not-found");
    }

    @Test
    void aSpaceWithQueuesOrUsersIsKept() {
        http.put("/v1/spaces/shop", "").expect(200);
        http.with("Millrace-Space", "shop").put("/v1/queues/orders", "").expect(201);

        http.delete("/v1/spaces/shop").expectProblem(409, "space-not-empty");

        http.put("/v1/spaces/shop-2", "").expect(200);
        http.with("Millrace-Space", "shop-2").put("/v1/queues/orders", "").expect(201);
        http.with("Millrace-Space", "shop").delete("/v1/queues/orders").expect(204);
        http.delete("/v1/spaces/shop").expect(204);

        rig.addUser("admin", "secret", true);
        Http admin = http.as("admin", "secret");
        admin.put("/v1/users/ada", "{\"space\":\"depot\"}").expectProblem(404, "space-not-found");
        admin.put("/v1/spaces/depot", "").expect(200);
        admin.put("/v1/users/ada", "{\"space\":\"depot\"}").expect(200);
        admin.delete("/v1/spaces/depot").expectProblem(409, "space-not-empty");
        admin.delete("/v1/users/ada").expect(204);
        admin.delete("/v1/spaces/depot").expect(204);
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        http.put("/v1/spaces/*", "").expectProblem(400, "invalid-value");
        http.with("Millrace-Space", "*").get("/v1/queues").expectProblem(400, "invalid-value");
    }
}

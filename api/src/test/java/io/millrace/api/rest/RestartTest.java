package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestartTest extends RigTest {
    private void restart() throws IOException {
        rig.restart();
        http = rig.http();
    }

    @Test
    void queuesMessagesAndLeasesSurviveARestart() throws IOException {
        http.patch("/v1/queues/q", "{\"leaseMillis\":7000}").expect(200);
        for (String each : new String[] {"held", "settled", "released", "ready"}) {
            publish(each);
        }
        List<JsonNode> leased = receive("{\"max\":3,\"leaseMillis\":600000}");
        settle(leased.get(1), "acknowledge");
        settle(leased.get(2), "release");

        restart();

        JsonNode queue = http.get("/v1/queues/q").expect(200).json();
        assertThat(queue.at("/settings/leaseMillis").intValue()).isEqualTo(7000);
        assertThat(queue.at("/stats/ready").intValue()).isEqualTo(2);
        assertThat(queue.at("/stats/leased").intValue()).isEqualTo(1);
        assertThat(bodies(receive("{\"leaseMillis\":600000}"))).containsExactlyInAnyOrder("released", "ready");
        assertThat(settle(leased.get(0), "acknowledge").get("done").booleanValue())
                .isTrue();
        assertThat(settle(leased.get(1), "acknowledge").get("error").textValue())
                .isEqualTo("lease_lost");
    }

    @Test
    void fencingTokensGrowFromDeliveryToDeliveryAndOverRestarts() throws IOException {
        publish("one");
        publish("two");
        List<String> tokens = new ArrayList<>();
        for (int life = 0; life < 3; life++) {
            for (int i = 0; i < 2; i++) {
                for (JsonNode each : receive("{\"max\":2}")) {
                    tokens.add(each.get("fencingToken").textValue());
                    settle(each, "release");
                }
            }
            restart();
        }

        assertThat(tokens).hasSize(12).doesNotHaveDuplicates().isSorted().allMatch(each -> each.matches("[0-9]{19}"));
        assertThat(tokens.stream().map(Long::valueOf)).isSorted();
    }

    @Test
    void usersAndSpacesSurviveARestart() throws IOException {
        http.put("/v1/spaces/shop", "").expect(200);
        http.put("/v1/users/ada", "{\"password\":\"secret\",\"administrator\":true,\"space\":\"shop\"}")
                .expect(200);

        restart();

        http.get("/v1/users/ada").expectProblem(401, "credentials-needed");
        JsonNode ada = http.as("ada", "secret").get("/v1/users/ada").expect(200).json();
        assertThat(ada.get("space").textValue()).isEqualTo("shop");
    }
}

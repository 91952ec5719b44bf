package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What the statistics say about the broker as a whole. */
class StatsCommandTest {
    private static final String REASON = "publishing is refused: the disk has 1MiB free";

    private static ScriptedServer server(int status, String health) throws IOException {
        return ScriptedServer.open((exchange, body) -> {
            if (exchange.getRequestURI().getPath().equals("/health/ready")) {
                ScriptedServer.json(exchange, status, health);
            } else {
                ScriptedServer.json(exchange, 200, "{\"queues\":[]}");
            }
        });
    }

    @Test
    void aBrokerThatRefusesPublishersSaysWhy() throws Exception {
        try (ScriptedServer server = server(200, "{\"status\":\"degraded\",\"reason\":\"" + REASON + "\"}")) {
            CommandRun run = CommandRun.at(server.url());

            assertThat(run.run("stats")).isZero();
            assertThat(run.errors()).isEqualTo(REASON + "\n");
            assertThat(run.output()).startsWith("QUEUE");
        }
    }

    @Test
    void aBrokerThatIsWellHasNothingToSay() throws Exception {
        try (ScriptedServer server = server(200, "{\"status\":\"ready\"}")) {
            CommandRun run = CommandRun.at(server.url());

            assertThat(run.run("stats")).isZero();
            assertThat(run.errors()).isEmpty();
        }
    }

    @Test
    void aBrokerWhoseStorageHasFailedIsAFailure() throws Exception {
        String problem = "{\"type\":\"/v1/problems/not-ready\",\"title\":\"The broker does not serve now\","
                + "\"status\":503,\"detail\":\"storage has failed: I/O error\",\"retryable\":true}";
        try (ScriptedServer server = server(503, problem)) {
            CommandRun run = CommandRun.at(server.url());

            assertThat(run.run("stats")).isEqualTo(1);
            assertThat(run.errors()).contains("storage has failed: I/O error");
        }
    }
}

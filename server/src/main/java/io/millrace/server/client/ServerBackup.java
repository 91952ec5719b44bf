package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/** Has a broker make a backup while it serves, and waits for it. The thread of a command. */
public final class ServerBackup {
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private final HttpApi api;
    private final String name;
    private final ProgressLine line;

    /** Will ask for a backup of the name {@code name}, and shows on {@code line} how far it is. */
    public ServerBackup(HttpApi api, String name, ProgressLine line) {
        this.api = api;
        this.name = name;
        this.line = line;
    }

    /**
     * Asks for it and waits until it has ended; {@code bytesPerSecond} below 0 leaves it to the broker. Returns the
     * bytes of a backup that is done; throws where none came of it.
     */
    public long run(long bytesPerSecond) throws ApiException, InterruptedException {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("name", name);
        if (bytesPerSecond >= 0) {
            body.put("bytesPerSecond", bytesPerSecond);
        }
        JsonNode answer = api.call(ApiRequest.with("POST", "/v1/backups", body));
        while (answer.path("state").asText().equals("running")) {
            long total = answer.path("bytesTotal").asLong();
            line.show("copied " + Numbers.bytes(answer.path("bytes").asLong())
                    + (total == 0 ? "" : " of " + Numbers.bytes(total)));
            Thread.sleep(LOOK_EVERY.toMillis());
            answer = api.call(ApiRequest.get("/v1/backups/" + ApiRequest.escape(name)));
        }
        line.clear();
        String state = answer.path("state").asText();
        if (state.equals("done")) {
            return answer.path("bytes").asLong();
        }
        throw ApiException.answered(
                ApiException.Outcome.REFUSED,
                200,
                "",
                Duration.ZERO,
                state.equals("cancelled")
                        ? "no backup was made: it was cancelled"
                        : "no backup was made: " + answer.path("error").asText());
    }
}

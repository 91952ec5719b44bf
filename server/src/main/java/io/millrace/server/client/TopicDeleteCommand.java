package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.server.command.CommandFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic delete}. */
@Command(
        name = "delete",
        header = "Remove a topic.",
        description = {"", "A topic that still has messages is only removed with --force; they are gone then."},
        footer = {"  millrace topic delete clicks --force"})
final class TopicDeleteCommand extends SpaceCommand {
    @Parameters(paramLabel = "TOPIC", description = "The name of the topic.")
    private String topic = "";

    @Option(names = "--force", description = "Also remove the messages that are in it.")
    private boolean force;

    TopicDeleteCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        var client = new TopicClient(api, topic);
        if (!force && hasMessages(client.describe())) {
            throw new CommandFailure("topic " + topic + " has messages in it; --force removes them too");
        }
        client.delete();
        out().println("topic " + topic + " is gone");
        return 0;
    }

    private static boolean hasMessages(JsonNode topic) {
        for (JsonNode each : topic.path("stats")) {
            if (each.path("earliestOffset").asLong() < each.path("endOffset").asLong()) {
                return true;
            }
        }
        return false;
    }
}

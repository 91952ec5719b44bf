package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic show}. */
@Command(
        name = "show",
        header = "Show a topic: its settings, and what is in its partitions.",
        footer = {"  millrace topic show clicks", "  millrace topic show clicks --json"})
final class TopicShowCommand extends SpaceCommand {
    @Parameters(paramLabel = "TOPIC", description = "The name of the topic.")
    private String topic = "";

    @Option(names = "--json", description = "Print what the API answers.")
    private boolean json;

    TopicShowCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        JsonNode answer = new TopicClient(api, topic).describe();
        if (json) {
            out().println(answer);
        } else {
            TopicText.print(answer, out());
        }
        return 0;
    }
}

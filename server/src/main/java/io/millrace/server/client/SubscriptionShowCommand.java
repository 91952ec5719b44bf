package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace subscription show}. */
@Command(
        name = "show",
        header = "Show a subscription: its settings, and where it is in each partition.",
        footer = {"  millrace subscription show clicks billing"})
final class SubscriptionShowCommand extends SpaceCommand {
    @Parameters(index = "0", paramLabel = "TOPIC", description = "The name of the topic.")
    private String topic = "";

    @Parameters(index = "1", paramLabel = "SUBSCRIPTION", description = "The name of the subscription.")
    private String name = "";

    @Option(names = "--json", description = "Print what the API answers.")
    private boolean json;

    SubscriptionShowCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        JsonNode answer = new SubscriptionClient(api, topic, name).describe();
        if (json) {
            out().println(answer);
        } else {
            SubscriptionText.print(answer, out());
        }
        return 0;
    }
}

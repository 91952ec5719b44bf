package io.millrace.server.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace subscription delete}. */
@Command(
        name = "delete",
        header = "Remove a subscription; the messages stay in the topic.",
        footer = {"  millrace subscription delete clicks billing"})
final class SubscriptionDeleteCommand extends SpaceCommand {
    @Parameters(index = "0", paramLabel = "TOPIC", description = "The name of the topic.")
    private String topic = "";

    @Parameters(index = "1", paramLabel = "SUBSCRIPTION", description = "The name of the subscription.")
    private String name = "";

    SubscriptionDeleteCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        new SubscriptionClient(api, topic, name).delete();
        out().println("subscription " + name + " of topic " + topic + " is gone");
        return 0;
    }
}

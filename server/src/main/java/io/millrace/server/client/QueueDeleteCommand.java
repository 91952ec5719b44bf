package io.millrace.server.client;

import io.millrace.server.command.CommandFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace queue delete}. */
@Command(
        name = "delete",
        header = "Remove a queue.",
        description = {"", "A queue that still has messages is only removed with --force; they are gone then."},
        footer = {"  millrace queue delete orders"})
final class QueueDeleteCommand extends SpaceCommand {
    @Parameters(paramLabel = "QUEUE", description = "The name of the queue.")
    private String queue = "";

    @Option(names = "--force", description = "Also remove the messages that are in it.")
    private boolean force;

    QueueDeleteCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        var client = new QueueClient(api, queue);
        long messages = force ? 0 : QueueText.messages(client.describe());
        if (messages > 0) {
            throw new CommandFailure(
                    "queue " + queue + " has " + Numbers.messages(messages) + " in it; --force removes them too");
        }
        client.delete();
        out().println("queue " + queue + " is gone");
        return 0;
    }
}

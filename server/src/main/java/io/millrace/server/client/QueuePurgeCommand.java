package io.millrace.server.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace queue purge}. */
@Command(
        name = "purge",
        header = "Remove the messages of a queue.",
        description = {"", "Those that a consumer holds stay. They cannot be brought back."},
        footer = {"  millrace queue purge orders"})
final class QueuePurgeCommand extends SpaceCommand {
    @Parameters(paramLabel = "QUEUE", description = "The name of the queue.")
    private String queue = "";

    QueuePurgeCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        long purged = new QueueClient(api, queue).purge().path("purged").asLong();
        out().println("removed " + Numbers.messages(purged) + " from queue " + queue);
        return 0;
    }
}

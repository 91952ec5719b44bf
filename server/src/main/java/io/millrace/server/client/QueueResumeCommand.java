package io.millrace.server.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace queue resume}. */
@Command(
        name = "resume",
        header = "Let deliveries of a queue go on.",
        description = {"", "Those who wait get messages at once. Fine where the queue is not paused."},
        footer = {"  millrace queue resume orders"})
final class QueueResumeCommand extends SpaceCommand {
    @Parameters(paramLabel = "QUEUE", description = "The name of the queue.")
    private String queue = "";

    QueueResumeCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        new QueueClient(api, queue).resume();
        out().println("queue " + queue + " delivers");
        return 0;
    }
}

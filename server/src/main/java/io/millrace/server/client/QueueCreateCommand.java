package io.millrace.server.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace queue create}. */
@Command(
        name = "create",
        header = "Make a queue.",
        description = {
            "",
            "Fine where the queue is there already with the same settings; with others, it is refused "
                    + "and nothing changes."
        },
        footer = {
            "  millrace queue create orders",
            "  millrace queue create thumbnails --lease 5m --message-bytes 64KiB",
            "  millrace queue create news --ttl 1d --deduplication-window 1h",
            "  millrace queue create mails --dead-letter-queue mails-dead --deliveries-max 5"
        })
final class QueueCreateCommand extends SpaceCommand {
    @Parameters(paramLabel = "QUEUE", description = "The name of the queue.")
    private String queue = "";

    @Mixin
    private final QueueOptions settings = new QueueOptions();

    QueueCreateCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        new QueueClient(api, queue).create(settings.change());
        out().println("queue " + queue + " is there");
        return 0;
    }
}

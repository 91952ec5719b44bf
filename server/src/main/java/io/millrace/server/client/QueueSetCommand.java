package io.millrace.server.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code millrace queue set}. */
@Command(
        name = "set",
        header = "Change settings of a queue.",
        description = {"", "Settings that are not named stay as they are; messages stay too."},
        footer = {"  millrace queue set orders --lease 2m", "  millrace queue set orders --ttl 1d --delay 10s"})
final class QueueSetCommand extends SpaceCommand {
    @Parameters(paramLabel = "QUEUE", description = "The name of the queue.")
    private String queue = "";

    @Mixin
    private final QueueOptions settings = new QueueOptions();

    QueueSetCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        if (settings.change().isNone()) {
            throw misuse("say what to change: --lease, --message-bytes, --delay, --ttl, --priority-default,"
                    + " --deduplication-window, --retry-delay, --retry-delay-max, --retry-random,"
                    + " --single-active-consumer, --dead-letter-queue, --deliveries-max, --dead-letter-expired,"
                    + " --length-max, --length-bytes-max, --overflow or --durability");
        }
        QueueText.print(new QueueClient(api, queue).configure(settings.change()), out());
        return 0;
    }
}

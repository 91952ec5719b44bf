package io.millrace.server.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace queue pause}. */
@Command(
        name = "pause",
        header = "Stop deliveries of a queue.",
        description = {
            "",
            "Consumers get nothing until it is resumed, or the time is over; what they have stays with them. Messages"
                    + " are taken all the same. It holds over restarts of the broker."
        },
        footer = {"  millrace queue pause orders", "  millrace queue pause orders --for 10m"})
final class QueuePauseCommand extends SpaceCommand {
    @Parameters(paramLabel = "QUEUE", description = "The name of the queue.")
    private String queue = "";

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long (default: until it is resumed).")
    private @Nullable Duration time;

    QueuePauseCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        String until = QueueText.paused(new QueueClient(api, queue).pause(Optional.ofNullable(time)));
        out().println("queue " + queue + " is paused " + until);
        return 0;
    }
}

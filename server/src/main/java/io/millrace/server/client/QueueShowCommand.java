package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace queue show}. */
@Command(
        name = "show",
        header = "Show a queue: its settings and its counts.",
        footer = {"  millrace queue show orders", "  millrace queue show orders --json"})
final class QueueShowCommand extends SpaceCommand {
    @Parameters(paramLabel = "QUEUE", description = "The name of the queue.")
    private String queue = "";

    @Option(names = "--json", description = "Print what the API answers.")
    private boolean json;

    QueueShowCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        JsonNode answer = new QueueClient(api, queue).describe();
        if (json) {
            out().println(answer);
        } else {
            QueueText.print(answer, out());
        }
        return 0;
    }
}

package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.server.command.CommandFrame;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace queue peek}. */
@Command(
        name = "peek",
        header = "Look at the next messages of a queue, without receiving them.",
        description = {"", "Prints one message a line. Nothing changes: no lease, no delivery is counted."},
        footer = {
            "  millrace queue peek orders",
            "  millrace queue peek orders --max 100 --json | jq .headers",
            "  millrace queue peek orders --filter \"color = 'red' AND amount > 10\""
        })
final class QueuePeekCommand extends SpaceCommand {
    private static final int REQUEST_MESSAGES_MAX = 100;

    @Parameters(paramLabel = "QUEUE", description = "The name of the queue.")
    private String queue = "";

    @Option(names = "--max", paramLabel = "N", description = "The most messages to show (default: ${DEFAULT-VALUE}).")
    private int max = 10;

    @Option(
            names = "--filter",
            paramLabel = "SELECTOR",
            description = "Show only the messages that this selects; goes through the whole queue if need be.")
    private Optional<String> filter = Optional.empty();

    @Option(names = "--json", description = "Print all there is about each message, as JSON.")
    private boolean json;

    QueuePeekCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        var printer = new MessagePrinter(shell().output(), json, '\n');
        var client = new QueueClient(api, queue);
        int left = max;
        long from = 0;
        while (left > 0) {
            JsonNode answer = client.peek(from, Math.min(left, REQUEST_MESSAGES_MAX), filter);
            List<ReceivedMessage> messages = QueueClient.messages(answer);
            messages.forEach(printer::print);
            if (!answer.path("more").asBoolean() || !printer.flush()) {
                break;
            }
            left -= messages.size();
            from = answer.path("nextFrom").asLong();
        }
        return printer.flush() ? 0 : CommandFrame.FAILED;
    }
}

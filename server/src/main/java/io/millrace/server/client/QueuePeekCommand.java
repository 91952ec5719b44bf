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
            "  millrace queue peek orders-dead --deaths",
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

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Show only messages that are ready, leased, delayed, damaged, or dead: those that wait to be"
                    + " moved to the dead letters.")
    private Optional<String> state = Optional.empty();

    @Option(
            names = "--deaths",
            description =
                    "Print behind each message its id and state, and why it was not delivered any more, and where,"
                            + " the latest first.")
    private boolean hasDeaths;

    @Option(names = "--json", description = "Print all there is about each message, as JSON.")
    private boolean json;

    QueuePeekCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        if (json && hasDeaths) {
            throw misuse("--json has the deaths, too: it goes without --deaths");
        }
        var printer = new MessagePrinter(shell().output(), json, '\n');
        var client = new QueueClient(api, queue);
        int left = max;
        long from = 0;
        while (left > 0) {
            JsonNode answer = client.peek(from, Math.min(left, REQUEST_MESSAGES_MAX), state, filter);
            List<ReceivedMessage> messages = QueueClient.messages(answer);
            for (ReceivedMessage each : messages) {
                printer.print(each);
                if (hasDeaths) {
                    DeathText.lines(each).forEach(printer::print);
                }
            }
            if (!answer.path("more").asBoolean() || !printer.flush()) {
                break;
            }
            left -= messages.size();
            from = answer.path("nextFrom").asLong();
        }
        return printer.flush() ? 0 : CommandFrame.FAILED;
    }
}

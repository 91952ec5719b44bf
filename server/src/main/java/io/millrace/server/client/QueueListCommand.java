package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace queue list}. */
@Command(
        name = "list",
        header = "List the queues, with what is in them.",
        footer = {"  millrace queue list", "  millrace queue list --prefix order", "  millrace queue list --names"})
final class QueueListCommand extends SpaceCommand {
    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only queues whose name begins with this.")
    private String prefix = "";

    @Option(names = "--names", description = "Print names only, one a line.")
    private boolean names;

    @Option(names = "--json", description = "Print each queue as the API describes it, one a line.")
    private boolean json;

    QueueListCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        List<JsonNode> queues = QueueList.read(api, prefix, Integer.MAX_VALUE);
        if (names || json) {
            queues.forEach(each -> out().println(names ? each.path("name").asText() : each.toString()));
        } else {
            var table = new Table(List.of("QUEUE", "READY", "LEASED", "DELAYED"));
            queues.forEach(each -> table.row(StatsRow.of(each).contents()));
            table.print(out());
        }
        return 0;
    }
}

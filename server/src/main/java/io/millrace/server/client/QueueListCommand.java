package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
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
            table(queues).print(out());
        }
        return 0;
    }

    /** Which of them are paused is a column only where some are. */
    private static Table table(List<JsonNode> queues) {
        boolean arePaused = queues.stream().anyMatch(QueueListCommand::isPaused);
        var table = new Table(with(StatsRow.CONTENTS, arePaused, "PAUSED"));
        queues.forEach(
                each -> table.row(with(StatsRow.of(each).contents(), arePaused, isPaused(each) ? "paused" : "")));
        return table;
    }

    private static boolean isPaused(JsonNode queue) {
        return queue.path("paused").asBoolean();
    }

    private static List<String> with(List<String> cells, boolean hasMore, String more) {
        return hasMore ? Stream.concat(cells.stream(), Stream.of(more)).toList() : cells;
    }
}

package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace topic list}. */
@Command(
        name = "list",
        header = "List the topics, with their partitions and what they keep.",
        footer = {"  millrace topic list", "  millrace topic list --prefix click --json"})
final class TopicListCommand extends SpaceCommand {
    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only topics whose name begins with this.")
    private String prefix = "";

    @Option(names = "--names", description = "Print names only, one a line.")
    private boolean names;

    @Option(names = "--json", description = "Print each topic as the API describes it, one a line.")
    private boolean json;

    TopicListCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        List<JsonNode> topics = TopicClient.list(api, prefix);
        if (names || json) {
            topics.forEach(each -> out().println(names ? each.path("name").asText() : each.toString()));
            return 0;
        }
        var table = new Table(List.of("TOPIC", "PARTITIONS", "KEEPS"));
        for (JsonNode each : topics) {
            table.row(List.of(
                    each.path("name").asText(),
                    Numbers.count(each.path("partitions").asLong()),
                    TopicText.kept(each.path("settings"))));
        }
        table.print(out());
        return 0;
    }
}

package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace exchange list}. */
@Command(
        name = "list",
        header = "List the exchanges, with how many bindings they have.",
        footer = {"  millrace exchange list", "  millrace exchange list --prefix order --json"})
final class ExchangeListCommand extends SpaceCommand {
    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only exchanges whose name begins with this.")
    private String prefix = "";

    @Option(names = "--names", description = "Print names only, one a line.")
    private boolean names;

    @Option(names = "--json", description = "Print each exchange as the API describes it, one a line.")
    private boolean json;

    ExchangeListCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        List<JsonNode> exchanges = ExchangeClient.list(api, prefix);
        if (names || json) {
            exchanges.forEach(each -> out().println(names ? each.path("name").asText() : each.toString()));
            return 0;
        }
        var table = new Table(List.of("EXCHANGE", "TYPE", "BINDINGS", "ALTERNATE"));
        for (JsonNode each : exchanges) {
            table.row(List.of(
                    each.path("name").asText(),
                    each.path("type").asText(),
                    Numbers.count(each.path("bindings").asLong()),
                    each.path("alternate").asText("-")));
        }
        table.print(out());
        return 0;
    }
}

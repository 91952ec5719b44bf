package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace exchange bindings}. */
@Command(
        name = "bindings",
        header = "List the bindings of an exchange, in the order in which they were made.",
        footer = {"  millrace exchange bindings events", "  millrace exchange bindings events --json | jq .filter"})
final class ExchangeBindingsCommand extends SpaceCommand {
    @Parameters(paramLabel = "EXCHANGE", description = "The name of the exchange.")
    private String exchange = "";

    @Option(names = "--json", description = "Print each binding as the API describes it, one a line.")
    private boolean json;

    ExchangeBindingsCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        List<JsonNode> bindings = new ExchangeClient(api, exchange).bindings();
        if (json) {
            bindings.forEach(each -> out().println(each));
            return 0;
        }
        var table = new Table(List.of("TO", "KEY", "ARGUMENTS", "FILTER"));
        for (JsonNode each : bindings) {
            String kind = each.has("queue") ? "queue" : each.has("topic") ? "topic" : "exchange";
            table.row(List.of(
                    kind + " " + each.path(kind).asText(),
                    each.path("routingKey").asText(),
                    each.has("arguments") ? each.get("arguments").toString() : "-",
                    each.has("filter") ? each.get("filter").toString() : "-"));
        }
        table.print(out());
        return 0;
    }
}

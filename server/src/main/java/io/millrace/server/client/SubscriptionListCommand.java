package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace subscription list}. */
@Command(
        name = "list",
        header = "List the subscriptions of a topic.",
        footer = {"  millrace subscription list clicks"})
final class SubscriptionListCommand extends SpaceCommand {
    @Parameters(index = "0", paramLabel = "TOPIC", description = "The name of the topic.")
    private String topic = "";

    @Option(names = "--names", description = "Print names only, one a line.")
    private boolean names;

    @Option(names = "--json", description = "Print each subscription as the API describes it, one a line.")
    private boolean json;

    SubscriptionListCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        List<JsonNode> all = SubscriptionClient.list(api, topic);
        if (names || json) {
            all.forEach(each -> out().println(names ? each.path("name").asText() : each.toString()));
            return 0;
        }
        var table = new Table(List.of("SUBSCRIPTION", "KIND"));
        all.forEach(each ->
                table.row(List.of(each.path("name").asText(), each.path("kind").asText())));
        table.print(out());
        return 0;
    }
}

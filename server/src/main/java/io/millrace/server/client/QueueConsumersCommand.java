package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace queue consumers}. */
@Command(
        name = "consumers",
        header = "List the consumers that are attached to a queue.",
        description = {"", "Those that are attached for longest come first. Others may receive without being attached."
        },
        footer = {"  millrace queue consumers orders", "  millrace queue consumers orders --json"})
final class QueueConsumersCommand extends SpaceCommand {
    @Parameters(paramLabel = "QUEUE", description = "The name of the queue.")
    private String queue = "";

    @Option(names = "--json", description = "Print each consumer as the API describes it, one a line.")
    private boolean json;

    QueueConsumersCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        List<JsonNode> consumers = new QueueClient(api, queue).consumers();
        if (json) {
            consumers.forEach(out()::println);
            return 0;
        }
        var table = new Table(List.of("CONSUMER", "OWNER", "PRIORITY", "GETS", "LEASED", "SINCE"));
        consumers.forEach(each -> table.row(List.of(
                each.path("id").asText(),
                each.path("owner").asText(),
                each.path("priority").asText(),
                gets(each),
                Numbers.count(each.path("leased").asLong()),
                Instant.ofEpochMilli(each.path("attachedMillis").asLong()).toString())));
        table.print(out());
        return 0;
    }

    private static String gets(JsonNode consumer) {
        if (consumer.path("exclusive").asBoolean()) {
            return "all";
        }
        return consumer.path("active").asBoolean() ? "messages" : "nothing yet";
    }
}

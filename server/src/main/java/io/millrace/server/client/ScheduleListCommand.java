package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace schedule list}. */
@Command(
        name = "list",
        header = "List the schedules, with when they fire next.",
        footer = {"  millrace schedule list", "  millrace schedule list --prefix report --json"})
final class ScheduleListCommand extends SpaceCommand {
    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only schedules whose name begins with this.")
    private String prefix = "";

    @Option(names = "--names", description = "Print names only, one a line.")
    private boolean names;

    @Option(names = "--json", description = "Print each schedule as the API describes it, one a line.")
    private boolean json;

    ScheduleListCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        List<JsonNode> schedules = ScheduleClient.list(api, prefix);
        if (names || json) {
            schedules.forEach(each -> out().println(names ? each.path("name").asText() : each.toString()));
            return 0;
        }
        var table = new Table(List.of("SCHEDULE", "DUE", "TO", "STATE", "NEXT"));
        for (JsonNode each : schedules) {
            table.row(List.of(
                    each.path("name").asText(),
                    ScheduleText.timing(each),
                    ScheduleText.target(each),
                    each.path("state").asText(),
                    ScheduleText.moment(each, "nextMillis")));
        }
        table.print(out());
        return 0;
    }
}

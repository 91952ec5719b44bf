package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace schedule show}. */
@Command(
        name = "show",
        header = "Show a schedule: its settings, its message and how it is.",
        footer = {"  millrace schedule show report", "  millrace schedule show report --json"})
final class ScheduleShowCommand extends SpaceCommand {
    @Parameters(paramLabel = "SCHEDULE", description = "The name of the schedule.")
    private String schedule = "";

    @Option(names = "--json", description = "Print what the API answers.")
    private boolean json;

    ScheduleShowCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        JsonNode answer = new ScheduleClient(api, schedule).describe();
        if (json) {
            out().println(answer);
        } else {
            ScheduleText.print(answer, out());
        }
        return 0;
    }
}

package io.millrace.server.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace schedule delete}. */
@Command(
        name = "delete",
        header = "Remove a schedule. What it has published stays.",
        footer = {"  millrace schedule delete report"})
final class ScheduleDeleteCommand extends SpaceCommand {
    @Parameters(paramLabel = "SCHEDULE", description = "The name of the schedule.")
    private String schedule = "";

    ScheduleDeleteCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        new ScheduleClient(api, schedule).delete();
        out().println("schedule " + schedule + " is gone");
        return 0;
    }
}

package io.millrace.server.client;

import io.millrace.server.command.CommandFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace schedule fire}. */
@Command(
        name = "fire",
        header = "Have a schedule publish its message now, beside its times.",
        footer = {"  millrace schedule fire report"})
final class ScheduleFireCommand extends SpaceCommand {
    @Parameters(paramLabel = "SCHEDULE", description = "The name of the schedule.")
    private String schedule = "";

    ScheduleFireCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        int places = new ScheduleClient(api, schedule).fire();
        if (places == 0) {
            throw new CommandFailure(
                    "no binding took the message of schedule " + schedule + ", which is stored nowhere");
        }
        out().println("schedule " + schedule + " has published to " + places
                + (places == 1 ? " queue or topic" : " queues and topics"));
        return 0;
    }
}

package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace schedule create}. */
@Command(
        name = "create",
        header = "Make a schedule.",
        description = {
            "",
            "It publishes a message whenever it is due, once, also over restarts of the broker. Fine where the"
                    + " schedule is there already with the same settings; with others, it is refused and nothing"
                    + " changes."
        },
        footer = {
            "  millrace schedule create report --cron '0 9 * * mon-fri' --zone Europe/Berlin --queue reports -m daily",
            "  millrace schedule create poll --every 30s --queue polls -m poll --ttl 30s --missed skip",
            "  millrace schedule create night --cron '0 2 * * *' --exchange events --routing-key night -m begin"
        })
final class ScheduleCreateCommand extends SpaceCommand {
    @Parameters(paramLabel = "SCHEDULE", description = "The name of the schedule.")
    private String schedule = "";

    @Mixin
    private final ScheduleOptions options = new ScheduleOptions();

    @Option(names = "--disabled", description = "It does not fire until it is enabled.")
    private boolean disabled;

    ScheduleCreateCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        ObjectNode settings;
        try {
            settings = options.json();
        } catch (IllegalArgumentException e) {
            throw misuse(String.valueOf(e.getMessage()));
        }
        if (disabled) {
            settings.put("enabled", false);
        }
        new ScheduleClient(api, schedule).create(settings);
        out().println("schedule " + schedule + " is there");
        return 0;
    }
}

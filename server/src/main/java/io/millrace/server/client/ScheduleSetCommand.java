package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace schedule set}. */
@Command(
        name = "set",
        header = "Change a schedule, or disable or enable it.",
        description = {
            "",
            "What is not named stays as it is. Where its times change, or it is enabled again, they count from now on."
        },
        footer = {
            "  millrace schedule set report --cron '0 8 * * mon-fri'",
            "  millrace schedule set report --no-enabled",
            "  millrace schedule set report -m weekly --header kind=long"
        })
final class ScheduleSetCommand extends SpaceCommand {
    @Parameters(paramLabel = "SCHEDULE", description = "The name of the schedule.")
    private String schedule = "";

    @Mixin
    private final ScheduleOptions options = new ScheduleOptions();

    @Option(names = "--enabled", negatable = true, description = "Whether it fires.")
    private @Nullable Boolean enabled;

    ScheduleSetCommand(Shell shell) {
        super(shell);
    }

    @Override
    int run(HttpApi api) throws ApiException, InterruptedException {
        ObjectNode change;
        try {
            change = options.json();
        } catch (IllegalArgumentException e) {
            throw misuse(String.valueOf(e.getMessage()));
        }
        if (enabled != null) {
            change.put("enabled", enabled);
        }
        if (change.isEmpty()) {
            throw misuse("say what to change: --cron, --zone, --every, --queue, --exchange, --routing-key, --message,"
                    + " --missed or --enabled");
        }
        ScheduleText.print(new ScheduleClient(api, schedule).change(change), out());
        return 0;
    }
}

package io.millrace.server.client;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace schedule}: leads to what can be done with a schedule. */
@Command(
        name = "schedule",
        header = "Make, change, look at and remove schedules, which publish a message again and again.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class ScheduleCommand {
    private ScheduleCommand() {}

    static CommandLine in(Shell shell) {
        return new CommandLine(new ScheduleCommand())
                .addSubcommand(new ScheduleCreateCommand(shell))
                .addSubcommand(new ScheduleListCommand(shell))
                .addSubcommand(new ScheduleShowCommand(shell))
                .addSubcommand(new ScheduleSetCommand(shell))
                .addSubcommand(new ScheduleFireCommand(shell))
                .addSubcommand(new ScheduleDeleteCommand(shell));
    }
}

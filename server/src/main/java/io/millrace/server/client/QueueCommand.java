package io.millrace.server.client;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace queue}: leads to what can be done with a queue. */
@Command(
        name = "queue",
        header = "Make, change, look at and remove queues.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class QueueCommand {
    private QueueCommand() {}

    static CommandLine in(Shell shell) {
        return new CommandLine(new QueueCommand())
                .addSubcommand(new QueueCreateCommand(shell))
                .addSubcommand(new QueueListCommand(shell))
                .addSubcommand(new QueueShowCommand(shell))
                .addSubcommand(new QueueSetCommand(shell))
                .addSubcommand(new QueuePauseCommand(shell))
                .addSubcommand(new QueueResumeCommand(shell))
                .addSubcommand(new QueueConsumersCommand(shell))
                .addSubcommand(new QueuePeekCommand(shell))
                .addSubcommand(new QueueRedriveCommand(shell))
                .addSubcommand(new QueuePurgeCommand(shell))
                .addSubcommand(new QueueDeleteCommand(shell));
    }
}

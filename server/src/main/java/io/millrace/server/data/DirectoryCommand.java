package io.millrace.server.data;

import io.millrace.server.client.Shell;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace data}: leads to what can be done with a data directory. */
@Command(
        name = "data",
        header = "Check, look into and copy data directories.",
        description = {"", "A directory that is looked at must not be in use by a broker. It is left as it is."},
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
public final class DirectoryCommand {
    private DirectoryCommand() {}

    /** The command with its subcommands, as {@link io.millrace.server.command.CommandFrame} takes it. */
    public static CommandLine in(Shell shell) {
        return new CommandLine(new DirectoryCommand())
                .addSubcommand(new VerifyCommand(shell))
                .addSubcommand(new DumpCommand(shell))
                .addSubcommand(new DirectoryStatsCommand(shell))
                .addSubcommand(new BackupCommand(shell))
                .addSubcommand(new RestoreCommand(shell));
    }
}

package io.millrace.server.client;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace user}: leads to what can be done with a user. */
@Command(
        name = "user",
        header = "Make, change, look at and remove users and their access keys.",
        description = {
            "",
            "As long as no user exists, a broker listens on its own machine only, and admits everybody "
                    + "there. The first user becomes an administrator: made through the running broker, or with --data "
                    + "while it does not run."
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class UserCommand {
    private UserCommand() {}

    static CommandLine in(Shell shell) {
        return new CommandLine(new UserCommand())
                .addSubcommand(new UserSetCommand(shell))
                .addSubcommand(new UserListCommand(shell))
                .addSubcommand(new UserShowCommand(shell))
                .addSubcommand(new UserDeleteCommand(shell))
                .addSubcommand(new CommandLine(new UserKeyCommand())
                        .addSubcommand(new UserKeyCreateCommand(shell))
                        .addSubcommand(new UserKeyDeleteCommand(shell)));
    }
}

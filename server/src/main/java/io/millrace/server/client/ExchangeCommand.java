package io.millrace.server.client;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace exchange}: leads to what can be done with an exchange. */
@Command(
        name = "exchange",
        header = "Make, look at and remove exchanges, and bind queues to them.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class ExchangeCommand {
    private ExchangeCommand() {}

    static CommandLine in(Shell shell) {
        return new CommandLine(new ExchangeCommand())
                .addSubcommand(new ExchangeCreateCommand(shell))
                .addSubcommand(new ExchangeListCommand(shell))
                .addSubcommand(new ExchangeDeleteCommand(shell))
                .addSubcommand(new ExchangeBindCommand(shell))
                .addSubcommand(new ExchangeUnbindCommand(shell))
                .addSubcommand(new ExchangeBindingsCommand(shell));
    }
}

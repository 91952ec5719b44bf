package io.millrace.server.client;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace subscription}: leads to what can be done with a subscription of a topic. */
@Command(
        name = "subscription",
        header = "Make, look at, change, move and remove subscriptions of topics.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {"", "'millrace consume TOPIC::SUBSCRIPTION' works on its messages."})
final class SubscriptionCommand {
    private SubscriptionCommand() {}

    static CommandLine in(Shell shell) {
        return new CommandLine(new SubscriptionCommand())
                .addSubcommand(new SubscriptionCreateCommand(shell))
                .addSubcommand(new SubscriptionListCommand(shell))
                .addSubcommand(new SubscriptionShowCommand(shell))
                .addSubcommand(new SubscriptionSetCommand(shell))
                .addSubcommand(new SubscriptionSeekCommand(shell))
                .addSubcommand(new SubscriptionDeleteCommand(shell));
    }
}

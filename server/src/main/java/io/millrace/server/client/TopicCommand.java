package io.millrace.server.client;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace topic}: leads to what can be done with a topic. */
@Command(
        name = "topic",
        header = "Make, look at, change and remove topics.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {"", "'millrace publish --topic TOPIC' publishes to one, 'millrace read TOPIC' reads it."})
final class TopicCommand {
    private TopicCommand() {}

    static CommandLine in(Shell shell) {
        return new CommandLine(new TopicCommand())
                .addSubcommand(new TopicCreateCommand(shell))
                .addSubcommand(new TopicListCommand(shell))
                .addSubcommand(new TopicShowCommand(shell))
                .addSubcommand(new TopicSetCommand(shell))
                .addSubcommand(new TopicDeleteCommand(shell));
    }
}

package io.millrace.server.client;

import java.util.List;

/** The commands that talk to a broker. */
public final class ClientCommands {
    private ClientCommands() {}

    /** All of them, in the order of the help, as {@link io.millrace.server.command.CommandFrame} takes them. */
    public static List<?> in(Shell shell) {
        return List.of(
                QueueCommand.in(shell),
                TopicCommand.in(shell),
                SubscriptionCommand.in(shell),
                ExchangeCommand.in(shell),
                ScheduleCommand.in(shell),
                new PublishCommand(shell),
                new ConsumeCommand(shell),
                new ReadCommand(shell),
                new StatsCommand(shell),
                UserCommand.in(shell));
    }
}

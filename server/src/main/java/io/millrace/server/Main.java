package io.millrace.server;

import io.millrace.server.client.ClientCommands;
import io.millrace.server.client.Shell;
import io.millrace.server.command.CommandFrame;
import io.millrace.server.command.ServeCommand;
import io.millrace.server.data.DirectoryCommand;
import io.millrace.server.demo.DemoCommand;
import io.millrace.server.wiring.BrokerAssembly;
import java.util.ArrayList;
import java.util.List;

/** Where the program begins. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit status. */
    public static void main(String[] arguments) {
        System.exit(CommandFrame.onStandardStreams(commands()).run(arguments));
    }

    /** Every command, in the order of the help. */
    private static List<?> commands() {
        Shell shell = Shell.ofThisProcess();
        List<Object> commands = new ArrayList<>();
        commands.add(ServeCommand.with(new BrokerAssembly()));
        commands.addAll(DemoCommand.in(shell, Main.class));
        commands.addAll(ClientCommands.in(shell));
        commands.add(DirectoryCommand.in(shell));
        return commands;
    }
}

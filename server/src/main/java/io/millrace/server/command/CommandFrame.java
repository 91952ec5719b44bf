package io.millrace.server.command;

import io.millrace.server.config.ConfigurationException;
import io.millrace.server.process.FailureReason;
import io.millrace.server.process.StartException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs one command line: parses it, runs the command, and reports what went wrong, as one line per problem and an exit
 * status. Stack traces are for {@code --debug} only.
 */
public final class CommandFrame {
    /** Exit status: the command failed. */
    public static final int FAILED = 1;

    /** Exit status: the command line or the configuration is wrong. */
    public static final int MISUSED = 2;

    private final MillraceCommand root = new MillraceCommand();
    private final CommandLine line = new CommandLine(root);

    /**
     * A frame around {@code commands}, each an object with picocli's annotations or a {@link CommandLine} around one.
     *
     * @param output where results and help go
     * @param errors where problems go
     */
    public CommandFrame(List<?> commands, PrintWriter output, PrintWriter errors) {
        commands.forEach(line::addSubcommand);
        line.getCommandSpec().mixinStandardHelpOptions(true);
        line.getSubcommands().values().forEach(CommandFrame::addHelp);
        line.setOut(output)
                .setErr(errors)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(this::reportMisuse)
                .setExecutionExceptionHandler(this::reportFailure);
    }

    /** A frame around {@code commands} that writes UTF-8 to the standard streams of the process. */
    public static CommandFrame onStandardStreams(List<?> commands) {
        return new CommandFrame(
                commands,
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(new MillraceCommand.Versions());
        command.getSubcommands().values().forEach(CommandFrame::addHelp);
    }

    /** Runs the command that {@code arguments} ask for; returns the exit status. */
    public int run(String... arguments) {
        return line.execute(arguments);
    }

    private int reportMisuse(ParameterException misuse, String[] arguments) {
        CommandLine command = misuse.getCommandLine();
        CommandSpec spec = command.getCommandSpec();
        PrintWriter errors = command.getErr();
        errors.println(spec.qualifiedName() + ": " + FailureReason.of(misuse));
        UnmatchedArgumentException.printSuggestions(misuse, errors);
        errors.println("Try '" + spec.qualifiedName() + " --help'.");
        errors.flush();
        return MISUSED;
    }

    private int reportFailure(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter errors = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        if (failure instanceof ConfigurationException) {
            String.valueOf(failure.getMessage()).lines().forEach(problem -> errors.println(name + ": " + problem));
        } else if (failure instanceof CommandFailure || failure instanceof StartException) {
            errors.println(name + ": " + FailureReason.of(failure));
        } else {
            errors.println(name + ": unexpected failure: " + failure.getClass().getSimpleName() + ": "
                    + FailureReason.of(failure) + (root.debug() ? "" : " (--debug prints where)"));
        }
        if (root.debug()) {
            failure.printStackTrace(errors);
        }
        errors.flush();
        return failure instanceof ConfigurationException ? MISUSED : FAILED;
    }
}

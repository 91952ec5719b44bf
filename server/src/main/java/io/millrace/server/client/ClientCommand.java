package io.millrace.server.client;

import io.millrace.server.command.CommandFailure;
import io.millrace.server.config.ConfigurationException;
import io.millrace.server.process.StartException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that can ask a running broker. Subclasses do one thing each; the main thread runs them. */
@Command(
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nArguments:%n",
        footerHeading = "%nExamples:%n")
abstract class ClientCommand implements Callable<Integer> {
    private final Shell shell;

    @Spec
    private @Nullable CommandSpec spec;

    @ArgGroup(validate = false, order = 1, heading = "%nBroker:%n")
    private final ServerOptions server = new ServerOptions();

    ClientCommand(Shell shell) {
        this.shell = shell;
    }

    /** Does what the command is for; the exit status. */
    abstract int run() throws ApiException, InterruptedException, ConfigurationException, StartException;

    @Override
    public final Integer call() throws InterruptedException, ConfigurationException, StartException {
        try {
            return run();
        } catch (ApiException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /** The API of the broker that the options name, in {@code space} if one is given. */
    HttpApi connect(Optional<String> space) {
        try {
            return server.connect(shell, space);
        } catch (IllegalArgumentException e) {
            throw misuse(String.valueOf(e.getMessage()));
        }
    }

    boolean namesServer() {
        return server.namesServer();
    }

    /** What to throw where options do not fit together. */
    ParameterException misuse(String message) {
        return new ParameterException(spec().commandLine(), message);
    }

    Shell shell() {
        return shell;
    }

    /** Where results go, as text. */
    PrintWriter out() {
        return spec().commandLine().getOut();
    }

    /** Where everything else goes that the user should see. */
    PrintWriter errors() {
        return spec().commandLine().getErr();
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec, "set by picocli");
    }
}

package io.millrace.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.server.command.CommandFrame;
import io.millrace.server.data.DirectoryCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One run of a client command, with everything around it in memory. */
public final class CommandRun {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final StringWriter errors = new StringWriter();
    private final Map<String, String> environment = new HashMap<>();
    private InputStream input = InputStream.nullInputStream();
    private OutputStream rawOutput = output;
    private Terminal terminal = Terminal.NONE;
    private Optional<String> secret = Optional.empty();
    private final CompletableFuture<Consumer<String>> signals = new CompletableFuture<>();

    /** A run that talks to the broker at {@code url}. */
    public static CommandRun at(String url) {
        return new CommandRun().with(ServerOptions.URL, url);
    }

    public CommandRun with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public CommandRun input(String text) {
        return input(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    CommandRun input(InputStream stream) {
        input = stream;
        return this;
    }

    /** Where bytes go that are no text of the command's own. */
    CommandRun output(OutputStream stream) {
        rawOutput = stream;
        return this;
    }

    CommandRun terminal(Terminal watched) {
        terminal = watched;
        return this;
    }

    /** Somebody sits there who types this when asked. */
    CommandRun typing(String typed) {
        secret = Optional.of(typed);
        return this;
    }

    /** Runs the command; its exit status. */
    public int run(String... arguments) {
        var shell = new Shell(environment, input, rawOutput, terminal, signals::complete, question -> secret);
        List<Object> commands = new ArrayList<>(ClientCommands.in(shell));
        commands.add(DirectoryCommand.in(shell));
        return new CommandFrame(commands, new PrintWriter(output, true, UTF_8), new PrintWriter(errors, true))
                .run(arguments);
    }

    /** Runs the command on another thread. */
    CompletableFuture<Integer> start(String... arguments) {
        var status = new CompletableFuture<Integer>();
        var thread = new Thread(
                () -> {
                    try {
                        status.complete(run(arguments));
                    } catch (Throwable e) {
                        status.completeExceptionally(e);
                    }
                },
                "command " + List.of(arguments));
        thread.setDaemon(true);
        thread.start();
        return status;
    }

    /** Sends the command a signal, once it wants to hear of it. */
    void signal(String name) {
        signals.join().accept(name);
    }

    public String output() {
        return output.toString(UTF_8);
    }

    public List<String> lines() {
        return output().lines().toList();
    }

    public String errors() {
        return errors.toString();
    }
}

package io.millrace.server.client;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs a command line of the shell once for each message, with the body as its standard input. Its output goes where
 * ours goes. Ctrl-C on the terminal does not reach it. Any thread.
 */
final class ShellCommand {
    /** Ctrl-C goes to every process of the terminal's foreground group; one that ignores it passes that on. */
    private static final String UNDISTURBED = "trap '' INT; exec sh -c \"$1\"";

    private final String command;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    ShellCommand(String command) {
        this.command = command;
    }

    /** Runs the command to its end; its exit status. */
    int run(Map<String, String> variables, byte[] input) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("sh", "-c", UNDISTURBED, "sh", command)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(variables);
        Process process = builder.start();
        running.add(process);
        try {
            feed(process, input);
            return process.waitFor();
        } finally {
            running.remove(process);
        }
    }

    /** A command need not read its input, and may end before it has read all of it. */
    private static void feed(Process process, byte[] input) {
        try (OutputStream pipe = process.getOutputStream()) {
            pipe.write(input);
        } catch (IOException e) {
            // The exit status says whether that was wrong.
        }
    }

    /** Ends what runs now, with SIGTERM. */
    void terminate() {
        running.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        });
    }
}

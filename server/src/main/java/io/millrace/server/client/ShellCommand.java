package io.millrace.server.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs a command line of the shell once for each message, with the body as its standard input. Its output goes where
 * ours goes, or is taken. Ctrl-C on the terminal does not reach it. Any thread.
 */
final class ShellCommand {
    /** Ctrl-C goes to every process of the terminal's foreground group; one that ignores it passes that on. */
    private static final String UNDISTURBED = "trap '' INT; exec sh -c \"$1\"";

    private static final byte[] NOTHING = {};
    /** No broker takes a larger message. */
    private static final int OUTPUT_BYTES_MAX = 64 << 20;

    private final String command;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    ShellCommand(String command) {
        this.command = command;
    }

    /**
     * A command that has ended.
     *
     * @param status its exit status
     * @param output what it has written, where that was taken
     */
    record Result(int status, byte[] output) {}

    /** Runs the command to its end. */
    Result run(Map<String, String> variables, byte[] input, boolean isOutputTaken)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder("sh", "-c", UNDISTURBED, "sh", command)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        if (!isOutputTaken) {
            builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
        }
        builder.environment().putAll(variables);
        Process process = builder.start();
        running.add(process);
        try {
            return isOutputTaken ? converse(process, input) : new Result(feed(process, input), NOTHING);
        } finally {
            running.remove(process);
        }
    }

    /** Feeds it beside reading what it writes, for a command need not read all before it writes. */
    private static Result converse(Process process, byte[] input) throws IOException, InterruptedException {
        var feeding = new Thread(() -> write(process, input), "input of a command");
        feeding.start();
        byte[] output;
        try (InputStream pipe = process.getInputStream()) {
            output = pipe.readNBytes(OUTPUT_BYTES_MAX + 1);
        }
        if (output.length > OUTPUT_BYTES_MAX) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            throw new IOException("it writes more than " + (OUTPUT_BYTES_MAX >> 20) + " MiB");
        }
        int status = process.waitFor();
        feeding.join();
        return new Result(status, output);
    }

    private static int feed(Process process, byte[] input) throws InterruptedException {
        write(process, input);
        return process.waitFor();
    }

    /** A command need not read its input, and may end before it has read all of it. */
    private static void write(Process process, byte[] input) {
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

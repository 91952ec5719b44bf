package io.millrace.conformance;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What came of a process that has ended.
 *
 * @param output what it wrote, standard error included
 */
record FinishedProcess(int status, String output) {
    private static final long SECONDS_MAX = 300;

    /** Runs a command of Millrace with the class path of this test. */
    static FinishedProcess millrace(Path folder, String input, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = QuickJvm.command(folder);
        command.addAll(List.of("-Xmx128m", "-cp", System.getProperty("java.class.path"), "io.millrace.server.Main"));
        command.addAll(List.of(arguments));
        return run(folder, Map.of(), input, command);
    }

    /** Runs any command in {@code folder}; it reads {@code input}. */
    static FinishedProcess run(Path folder, Map<String, String> variables, String input, List<String> command)
            throws IOException, InterruptedException {
        return run(folder, variables, input, command, SECONDS_MAX);
    }

    /** The same for one that may take {@code secondsMax}. */
    static FinishedProcess run(
            Path folder, Map<String, String> variables, String input, List<String> command, long secondsMax)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(variables);
        Process process = builder.start();
        try (OutputStream pipe = process.getOutputStream()) {
            pipe.write(input.getBytes(StandardCharsets.UTF_8));
        }
        if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command + " does not end:\n" + Files.readString(output));
        }
        return new FinishedProcess(process.exitValue(), Files.readString(output));
    }
}

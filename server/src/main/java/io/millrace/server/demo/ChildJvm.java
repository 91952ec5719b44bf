package io.millrace.server.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process of this program beside this one: the same Java, the same classes, another command. What it writes to
 * standard error goes into a file. Any thread.
 */
final class ChildJvm implements AutoCloseable {
    private static final int LOG_LINES_TOLD = 5;
    private static final long END_SECONDS_MAX = 10;

    private final Process process;
    private final Path log;

    private ChildJvm(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a process.
     *
     * @param main the class to run
     * @param log where its standard error goes, behind what is there; what its libraries unpack goes beside it, as a
     *     process that is killed leaves that there
     */
    static ChildJvm start(String main, Path log, List<String> jvmOptions, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + log.toAbsolutePath().getParent());
        command.addAll(quietOptions());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Map<String, String> environment = builder.environment();
        // What the user has set for their own broker is not meant for this one.
        environment.keySet().removeIf(name -> name.startsWith("MILLRACE_"));
        return new ChildJvm(builder.start(), log);
    }

    /** The options of this JVM with two dashes: with them the launcher allows what newer versions warn of. */
    private static List<String> quietOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--"))
                .toList();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What the process prints. */
    BufferedReader output() {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Closes what the process reads, which tells a worker to end, and waits until it has. */
    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** How the process has ended: its exit status and the last lines of its log, in one. */
    String lastWords() {
        return (process.isAlive() ? "" : "exit status " + process.exitValue() + "; ") + endOfLog();
    }

    private String endOfLog() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - LOG_LINES_TOLD), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit()
                .orTimeout(END_SECONDS_MAX, TimeUnit.SECONDS)
                .exceptionally(late -> process)
                .join();
    }
}

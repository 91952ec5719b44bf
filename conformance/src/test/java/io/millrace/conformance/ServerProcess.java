package io.millrace.conformance;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A broker in a process of its own, on free ports, as an operator would start it. */
final class ServerProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofMinutes(5);

    private final Process process;
    private final Path log;
    private final URI http;

    private ServerProcess(Process process, Path log, URI http) {
        this.process = process;
        this.log = log;
        this.http = http;
    }

    /** Starts a broker on the data directory {@code folder/data} and returns when all its doors answer. */
    static ServerProcess start(Path folder, List<String> jvmOptions, String... arguments) throws IOException {
        Path ready = folder.resolve("ready.json");
        Files.deleteIfExists(ready);
        Path log = folder.resolve("server.log");
        List<String> command = QuickJvm.command(folder);
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.millrace.server.Main", "serve"));
        command.addAll(List.of("--data", folder.resolve("data").toString()));
        command.addAll(List.of("--free-ports", "--ready-file", ready.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            await().atMost(START_MAX).pollInterval(Duration.ofMillis(20)).until(() -> {
                if (!process.isAlive()) {
                    throw new IllegalStateException("the broker ended at its start:\n" + Files.readString(log));
                }
                return Files.exists(ready);
            });
            String address =
                    new ObjectMapper().readTree(ready.toFile()).required("http").asText();
            return new ServerProcess(process, log, URI.create("http://" + address));
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    URI http() {
        return http;
    }

    long pid() {
        return process.pid();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL, and waits until it is dead. */
    void kill() {
        process.destroyForcibly();
        process.onExit().orTimeout(5, TimeUnit.MINUTES).join();
    }

    /** SIGTERM, and waits for the end; returns the exit code. */
    int terminate() {
        process.destroy();
        return process.onExit().orTimeout(5, TimeUnit.MINUTES).join().exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}

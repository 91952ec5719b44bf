package io.millrace.server.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.server.Main;
import io.millrace.server.client.Shell;
import io.millrace.server.client.Terminal;
import io.millrace.server.command.CommandFrame;
import io.millrace.server.process.ChildProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo, small: real processes, really killed. */
class DemoCommandTest {
    private static final int FILES = 90;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final StringWriter errors = new StringWriter();
    private final CompletableFuture<Consumer<String>> signals = new CompletableFuture<>();
    private Path folder;
    private Path temporary;

    @BeforeEach
    void makeFiles() throws IOException {
        folder = Files.createDirectory(directory.resolve("files"));
        temporary = Files.createDirectory(directory.resolve("temporary"));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(folder.resolve("file " + i), "contents " + i);
        }
    }

    @Test
    void theAccountIsRightAndNothingIsLeftBehind() throws Exception {
        assertThat(run("demo", "--folder", folder.toString(), "--workers", "2"))
                .as("%s%s", output, errors)
                .isZero();
        assertThat(output.toString(UTF_8))
                .contains("Found 90 files", "SIGKILL to worker 1", "SIGKILL to the broker", "The broker is back after")
                .containsPattern("lost +0\n")
                .containsPattern("checksums right +90 ")
                .containsPattern("checksums wrong +0\n")
                .contains("Nothing was lost, with 3 workers and 3 brokers killed");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aSignalEndsItAndNothingIsLeftBehind() throws Exception {
        long children = children();
        var status = CompletableFuture.supplyAsync(() -> run("demo", "--folder", folder.toString(), "--workers", "1"));
        await().atMost(Duration.ofMinutes(1)).until(() -> output.toString(UTF_8).contains("The broker is ready"));
        signals.join().accept("SIGINT");

        assertThat(status.get()).isEqualTo(130);
        assertThat(errors.toString()).contains("stopped before its end; nothing is left behind");
        assertThat(leftovers()).isEmpty();
        await().until(() -> children() == children);
    }

    @Test
    void itsProcessesDoNotOutliveItEvenIfItIsKilled() throws Exception {
        List<ProcessHandle> children = new ArrayList<>();
        try (ChildProcess demo = ChildProcess.run(
                directory,
                Map.of("TMPDIR", temporary.toString()),
                Main.class,
                "demo",
                "--folder",
                folder.toString(),
                "--workers",
                "2")) {
            demo.awaitLine("The broker is ready");
            await().until(() -> demo.descendants().size() == 3);
            children.addAll(demo.descendants());
        }

        assertThat(children).hasSize(3);
        await().atMost(Duration.ofSeconds(20)).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void theDirectoryIsKeptIfAsked() throws Exception {
        Path few = Files.createDirectory(directory.resolve("few"));
        Files.writeString(few.resolve("one"), "x");

        assertThat(run("demo", "--folder", few.toString(), "--workers", "1", "--keep"))
                .as("%s%s", output, errors)
                .isZero();
        assertThat(leftovers()).hasSize(1).allSatisfy(kept -> assertThat(kept.resolve("data"))
                .isDirectory());
        assertThat(output.toString(UTF_8)).contains("Kept: " + leftovers().get(0));
    }

    @Test
    void aFolderWithoutFilesIsAFailure() throws Exception {
        Path empty = Files.createDirectory(directory.resolve("empty"));

        assertThat(run("demo", "--folder", empty.toString())).isEqualTo(1);
        assertThat(errors.toString()).contains("there is no file to work on in");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void whatCannotBeDoneIsMisuse() {
        assertThat(run("demo", "--files", "0")).isEqualTo(2);
        assertThat(run("demo", "--workers", "0")).isEqualTo(2);
        assertThat(run("demo", "--folder", "/no/such")).isEqualTo(2);
        assertThat(errors.toString()).contains("--folder: /no/such is no directory");
    }

    @Test
    void theHelpDoesNotListItsWorkers() {
        run("--help");
        assertThat(output.toString(UTF_8)).contains("  demo ").doesNotContain("demo-worker");
    }

    private int run(String... arguments) {
        var shell = new Shell(
                Map.of("TMPDIR", temporary.toString()),
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                Terminal.NONE,
                signals::complete,
                question -> Optional.empty());
        return new CommandFrame(
                        DemoCommand.in(shell, Main.class),
                        new PrintWriter(output, true, UTF_8),
                        new PrintWriter(errors, true))
                .run(arguments);
    }

    private List<Path> leftovers() throws IOException {
        try (Stream<Path> all = Files.list(temporary)) {
            return all.toList();
        }
    }

    private static long children() {
        return ProcessHandle.current().children().count();
    }
}

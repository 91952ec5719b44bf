package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of the build runs with Java and nothing else: no sources, no Maven, wherever it is unpacked. */
class ArchiveIT {
    private static final Path BUILT = Path.of("..", "server", "target");

    @TempDir
    Path folder;

    @Test
    void theArchiveRunsThroughALinkFromAnywhere() throws Exception {
        Path launcher = unpack(folder);
        Path link = Files.createSymbolicLink(folder.resolve("mr"), folder.relativize(launcher));

        assertThat(run(link, "", "--version").output()).startsWith("Millrace ");
        FinishedProcess served =
                run(link, "", "serve", "--data", "data", "--free-ports", "--end-with-input", "--heap", "64MiB");
        assertThat(served.status()).as(served.output()).isZero();
        assertThat(served.output()).contains("Ready.", "standard input has ended");
        assertThat(run(link, "pw\n", "user", "set", "boss", "--password-stdin", "--data", "data")
                        .output())
                .contains("administrator    yes");
        assertThat(run(link, "", "serve", "--set", "no.such=1").status()).isEqualTo(2);
    }

    /** Unpacks the archive in {@code folder}; returns the launcher in it. */
    static Path unpack(Path folder) throws Exception {
        Path place = Files.createDirectory(folder.resolve("a place"));
        FinishedProcess unpacked = FinishedProcess.run(
                place, Map.of(), "", List.of("tar", "-xzf", archive().toString()));
        assertThat(unpacked.status()).as(unpacked.output()).isZero();
        return single(place, "output").resolve("millrace");
    }

    private FinishedProcess run(Path launcher, String input, String... arguments) throws Exception {
        return run(folder, launcher, input, arguments);
    }

    /** Runs a command of the launcher in {@code folder}. */
    static FinishedProcess run(Path folder, Path launcher, String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        // Nothing of Maven is in this path, unless the machine has it beside sh and sed.
        Map<String, String> variables =
                Map.of("PATH", "/usr/bin:/bin", "JAVA_HOME", System.getProperty("java.home"), "M2_HOME", "/no/such");
        return FinishedProcess.run(folder, variables, input, command);
    }

    private static Path archive() throws IOException {
        try (Stream<Path> files = Files.list(BUILT)) {
            return files.filter(each -> each.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow()
                    .toAbsolutePath();
        }
    }

    private static Path single(Path place, String otherThan) throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            return files.filter(each -> !each.getFileName().toString().startsWith(otherThan))
                    .findFirst()
                    .orElseThrow();
        }
    }
}

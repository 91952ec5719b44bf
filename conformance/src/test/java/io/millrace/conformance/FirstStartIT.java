package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources that nobody has built yet: the launcher builds them, by itself, and starts what came of it. */
class FirstStartIT {
    private static final Path SOURCES = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> MADE = Set.of("target", ".build", ".git", ".idea");
    private static final long SECONDS_MAX = 600;

    @TempDir
    Path folder;

    @Test
    void theFirstCommandBuildsTheBroker() throws Exception {
        Path clone = folder.resolve("clone");
        copySources(clone);

        FinishedProcess first = FinishedProcess.run(
                folder, Map.of(), "", List.of(clone.resolve("millrace").toString(), "--version"), SECONDS_MAX);

        assertThat(first.status()).as(first.output()).isZero();
        assertThat(first.output()).contains("building Millrace, first time", "Millrace ");
    }

    private static void copySources(Path target) throws IOException {
        Files.walkFileTree(SOURCES, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path source, BasicFileAttributes attributes) throws IOException {
                if (MADE.contains(source.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(target.resolve(SOURCES.relativize(source)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path source, BasicFileAttributes attributes) throws IOException {
                Files.copy(source, target.resolve(SOURCES.relativize(source)));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}

package io.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is left behind. */
class CleanupTest {
    @TempDir
    Path directory;

    private final List<String> closed = new ArrayList<>();

    @Test
    void whatCameLastGoesFirstAndOnlyOnce() {
        var cleanup = new Cleanup();
        cleanup.add(() -> closed.add("folder"));
        cleanup.add(() -> closed.add("process"));
        cleanup.close();
        cleanup.close();

        assertThat(closed).containsExactly("process", "folder");
    }

    @Test
    void aFailureDoesNotKeepTheRest() {
        var cleanup = new Cleanup();
        cleanup.add(() -> closed.add("folder"));
        cleanup.add(() -> {
            throw new IllegalStateException("of the test");
        });
        cleanup.close();

        assertThat(closed).containsExactly("folder");
    }

    @Test
    void whatIsAddedTooLateIsClosedAtOnce() {
        var cleanup = new Cleanup();
        cleanup.close();
        cleanup.add(() -> closed.add("process"));

        assertThat(closed).containsExactly("process");
    }

    @Test
    void theFolderGoesWithAllThatIsInItUnlessItIsKept() throws Exception {
        Map<String, String> environment = Map.of("TMPDIR", directory.toString());
        for (boolean keep : new boolean[] {false, true}) {
            DemoFolder folder = DemoFolder.create(environment, keep);
            assertThat(folder.path()).hasParent(directory.toRealPath());
            Files.createDirectories(folder.data().resolve("deep"));
            Files.writeString(folder.data().resolve("deep/file"), "x");
            folder.close();
            folder.close();

            assertThat(Files.exists(folder.path())).isEqualTo(keep);
        }
    }
}

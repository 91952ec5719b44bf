package io.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What files are worked on. */
class FileWalkTest {
    @TempDir
    Path folder;

    private Path one;
    private Path two;

    @BeforeEach
    void makeFiles() throws IOException {
        one = Files.createDirectories(folder.resolve("one"));
        two = Files.createDirectories(folder.resolve("two"));
        Files.writeString(one.resolve("a"), "aaa");
        Files.writeString(one.resolve("b"), "bb");
        Files.writeString(two.resolve("c"), "c");
    }

    @Test
    void itFindsTheFilesBelowAFolder() throws Exception {
        FileWalk.Found found = FileWalk.find(List.of(folder), 100, 100, Set.of());

        assertThat(found.files()).containsExactlyInAnyOrder(one.resolve("a"), one.resolve("b"), two.resolve("c"));
        assertThat(found.bytes()).isEqualTo(6);
        assertThat(found.tooLarge() + found.unreadable()).isZero();
    }

    @Test
    void itEndsWhenThereAreEnough() throws Exception {
        assertThat(FileWalk.find(List.of(folder), 2, 100, Set.of()).files()).hasSize(2);
    }

    @Test
    void theNextFolderHelpsOutAndNothingIsFoundTwice() throws Exception {
        assertThat(FileWalk.find(List.of(one, two), 2, 100, Set.of()).files())
                .containsExactlyInAnyOrder(one.resolve("a"), one.resolve("b"));
        assertThat(FileWalk.find(List.of(one, folder), 100, 100, Set.of()).files())
                .hasSize(3)
                .doesNotHaveDuplicates();
    }

    @Test
    void largeFilesAreCountedAndLeftOut() throws Exception {
        FileWalk.Found found = FileWalk.find(List.of(folder), 100, 2, Set.of());

        assertThat(found.files()).containsExactlyInAnyOrder(one.resolve("b"), two.resolve("c"));
        assertThat(found.tooLarge()).isEqualTo(1);
    }

    @Test
    void linksAreNotFollowed() throws Exception {
        Files.createSymbolicLink(two.resolve("link"), one.resolve("a"));
        Files.createSymbolicLink(two.resolve("loop"), folder);

        assertThat(FileWalk.find(List.of(folder), 100, 100, Set.of()).files()).hasSize(3);
    }

    @Test
    void aFolderIsAvoidedUnlessTheWalkBeginsThere() throws Exception {
        assertThat(FileWalk.find(List.of(folder), 100, 100, Set.of(one)).files())
                .containsExactly(two.resolve("c"));
        assertThat(FileWalk.find(List.of(one), 100, 100, Set.of(one)).files()).hasSize(2);
    }

    @Test
    void otherFileSystemsAreNotEntered() throws Exception {
        assertThat(FileWalk.find(List.of(Path.of("/")), 1_000_000, 1, Set.of(Path.of("/usr")))
                        .files())
                .noneMatch(file -> file.startsWith("/proc"));
    }
}

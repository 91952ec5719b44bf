package io.millrace.base.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names change in the view and nowhere else; contents change nowhere. */
class FrozenFileSystemTest {
    @TempDir
    private Path directory;

    private final List<Integer> reads = new ArrayList<>();
    private final FrozenFileSystem view = new FrozenFileSystem(new DiskFileSystem(), reads::add);
    private Path a;
    private Path b;

    @BeforeEach
    void fill() throws IOException {
        a = Files.writeString(directory.resolve("a"), "one");
        b = directory.resolve("b");
    }

    @Test
    void aRenamedFileIsReadUnderItsNewNameAndKeepsItsOld() throws IOException {
        view.rename(a, b);

        assertThat(view.exists(a)).isFalse();
        assertThat(view.list(directory)).containsExactly(b);
        assertThat(content(b)).isEqualTo("one");
        assertThat(reads).containsExactly(3);
        assertThatThrownBy(() -> view.open(a)).isInstanceOf(IOException.class);
        assertThat(directory).isDirectoryContaining(path -> path.equals(a)).isDirectoryNotContaining(b::equals);
    }

    @Test
    void aDeletedFileIsGoneFromTheViewAlone() throws IOException {
        view.delete(a);

        assertThat(view.exists(a)).isFalse();
        assertThat(view.list(directory)).isEmpty();
        assertThatThrownBy(() -> view.delete(a)).isInstanceOf(IOException.class);
        assertThat(a).hasContent("one");
    }

    @Test
    void aFileThatTookTheNameOfADeletedOneIsTheOneThere() throws IOException {
        Files.writeString(b, "two");
        view.delete(b);
        view.rename(a, b);
        view.rename(b, a);

        assertThat(view.list(directory)).containsExactly(a);
        assertThat(content(a)).isEqualTo("one");
        assertThat(b).hasContent("two");
    }

    @Test
    void nothingIsWritten() throws IOException {
        try (StorageFile file = view.open(a)) {
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), 0)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> file.write(new ByteBuffer[] {ByteBuffer.allocate(1)}, 1, 0))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> file.truncate(0)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> file.reserve(10)).isInstanceOf(IOException.class);
            file.adviseWillNeed(0, 3);
            file.adviseDontNeed(0, 3);
            file.sync();
            assertThat(file.size()).isEqualTo(3);
        }
        view.syncDirectory(directory);
        view.createDirectories(directory.resolve("c"));
        assertThatThrownBy(() -> view.create(b)).isInstanceOf(IOException.class);
        assertThat(a).hasContent("one");
        assertThat(directory.resolve("c")).doesNotExist();
    }

    private String content(Path path) throws IOException {
        try (StorageFile file = view.open(path)) {
            ByteBuffer bytes = ByteBuffer.allocate(10);
            int count = file.read(bytes, 0);
            return new String(bytes.array(), 0, count, StandardCharsets.US_ASCII);
        }
    }
}

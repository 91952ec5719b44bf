package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * What {@link FileSystem} and {@link StorageFile} promise while nothing goes wrong; extended once per implementation.
 */
public abstract class FileSystemContract {
    /** What is tested. */
    protected abstract FileSystem fileSystem();

    /** An empty directory on it that exists. */
    protected abstract Path directory();

    @Test
    void aNewFileIsEmptyAndHasItsName() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            assertThat(file.size()).isZero();
            assertThat(file.path()).isEqualTo(path("a"));
            assertThat(fileSystem().exists(path("a"))).isTrue();
        }
    }

    @Test
    void aNameThatIsTakenIsNotMadeAgain() throws IOException {
        write("a", "kept");

        assertThatThrownBy(() -> fileSystem().create(path("a"))).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(read("a")).isEqualTo("kept");
    }

    @Test
    void theNameOfADirectoryIsTaken() throws IOException {
        fileSystem().createDirectories(path("d"));

        assertThatThrownBy(() -> fileSystem().create(path("d"))).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(fileSystem().exists(path("d"))).isTrue();
    }

    @Test
    void aFileNeedsItsDirectory() {
        assertThatThrownBy(() -> fileSystem().create(path("none").resolve("a")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void onlyWhatExistsCanBeOpened() {
        assertThatThrownBy(() -> fileSystem().open(path("a"))).isInstanceOf(NoSuchFileException.class);
        assertThat(fileSystem().exists(path("a"))).isFalse();
    }

    @Test
    void aDirectoryCannotBeOpenedAsAFile() throws IOException {
        fileSystem().createDirectories(path("d"));

        assertThatIOException().isThrownBy(() -> fileSystem().open(path("d")));
    }

    @Test
    void whatIsWrittenIsReadBackByEveryHandle() throws IOException {
        try (StorageFile writer = fileSystem().create(path("a"));
                StorageFile reader = fileSystem().open(path("a"))) {
            ByteBuffer source = bytes("hello");
            writer.write(source, 0);

            assertThat(source.hasRemaining()).isFalse();
            assertThat(read(writer, 0, 5)).isEqualTo("hello");
            assertThat(read(reader, 0, 5)).isEqualTo("hello");
            assertThat(reader.size()).isEqualTo(5);
        }
    }

    @Test
    void directAndReadOnlyBuffersAreWrittenFromPositionToLimit() throws IOException {
        ByteBuffer direct =
                ByteBuffer.allocateDirect(8).put(bytes("xxabcdxx")).position(2).limit(6);
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.write(direct, 0);
            file.write(bytes("yyefyy").position(2).limit(4).asReadOnlyBuffer(), 4);

            assertThat(read(file, 0, 6)).isEqualTo("abcdef");
            assertThat(file.size()).isEqualTo(6);
        }
    }

    @Test
    void aWriteReplacesWhatWasThere() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.write(bytes("abcdef"), 0);
            file.write(bytes("XY"), 2);

            assertThat(read(file, 0, 6)).isEqualTo("abXYef");
            assertThat(file.size()).isEqualTo(6);
        }
    }

    @Test
    void aHoleReadsAsZeros() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.write(bytes("end"), 100_000);

            assertThat(file.size()).isEqualTo(100_003);
            assertThat(read(file, 99_998, 5)).isEqualTo("\0\0end");
            assertThat(read(file, 0, 2)).isEqualTo("\0\0");
        }
    }

    @Test
    void severalBuffersAreWrittenOneAfterTheOther() throws IOException {
        ByteBuffer[] sources = {bytes("ab"), bytes(""), bytes("cde"), bytes("never")};
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.write(sources, 3, 10);

            assertThat(read(file, 10, 9)).isEqualTo("abcde");
            assertThat(sources[2].hasRemaining()).isFalse();
            assertThat(sources[3].remaining()).isEqualTo(5);
        }
    }

    @Test
    void largeWritesAcrossPagesKeepEachByte() throws IOException {
        byte[] content = new byte[3 * 65_536 + 17];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 + i / 4096);
        }
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.write(ByteBuffer.wrap(content), 1234);

            ByteBuffer target = ByteBuffer.allocate(content.length);
            assertThat(file.read(target, 1234)).isEqualTo(content.length);
            assertThat(target.array()).isEqualTo(content);
        }
    }

    @Test
    void nothingToWriteChangesNothing() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.write(bytes(""), 50);
            file.write(new ByteBuffer[0], 0, 50);

            assertThat(file.size()).isZero();
        }
    }

    @Test
    void aReadStopsAtTheEnd() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.write(bytes("abc"), 0);
            ByteBuffer target = ByteBuffer.allocate(10);

            assertThat(file.read(target, 1)).isEqualTo(2);
            assertThat(target.position()).isEqualTo(2);
            assertThat(file.read(target, 3)).isZero();
            assertThat(file.read(target, 4)).isZero();
            assertThat(target.position()).isEqualTo(2);
        }
    }

    @Test
    void aReadFillsTheBufferUpToItsLimit() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.write(bytes("abcdef"), 0);
            ByteBuffer target = ByteBuffer.allocateDirect(6).position(1).limit(4);

            assertThat(file.read(target, 2)).isEqualTo(3);
            assertThat(target.position()).isEqualTo(4);
            assertThat(text(target.position(1))).isEqualTo("cde");
        }
    }

    @Test
    void negativePositionsAreRefused() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            assertThatIllegalArgumentException().isThrownBy(() -> file.write(bytes("a"), -1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.write(array("a"), 1, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.read(ByteBuffer.allocate(1), -1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.truncate(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.reserve(-1));
        }
    }

    @Test
    void whatIsReservedReadsAsZerosBehindWhatIsThere() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.write(bytes("abc"), 0);

            assertThat(file.reserve(100_000)).isTrue();

            assertThat(file.size()).isEqualTo(100_000);
            assertThat(read(file, 0, 6)).isEqualTo("abc\0\0\0");
            assertThat(read(file, 99_998, 5)).isEqualTo("\0\0");
            file.write(bytes("end"), 99_997);
            file.sync();
            assertThat(file.size()).isEqualTo(100_000);
            assertThat(read(file, 99_996, 4)).isEqualTo("\0end");
        }
    }

    @Test
    void aLongerFileIsReservedAsItIs() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.write(bytes("abcdef"), 0);

            assertThat(file.reserve(3)).isTrue();
            assertThat(file.reserve(0)).isTrue();

            assertThat(read("a")).isEqualTo("abcdef");
        }
    }

    @Test
    void aRenamedFileIsReservedByItsNewName() throws IOException {
        write("b", "replaced");
        try (StorageFile file = fileSystem().create(path("a"));
                StorageFile replaced = fileSystem().open(path("b"))) {
            fileSystem().rename(path("a"), path("b"));
            write("a", "another");

            assertThat(file.reserve(5000)).isTrue();
            replaced.reserve(9000);

            assertThat(file.size()).isEqualTo(5000);
            assertThat(fileSystem().size(path("b"))).isEqualTo(5000);
            assertThat(read("a")).isEqualTo("another");
        }
    }

    @Test
    void adviceChangesNothing() throws IOException {
        StorageFile file = fileSystem().create(path("a"));
        file.write(bytes("abcdef"), 0);
        for (long position : new long[] {-1, 0, 4096, Long.MAX_VALUE}) {
            for (long length : new long[] {-1, 0, 4096, Long.MAX_VALUE}) {
                file.adviseWillNeed(position, length);
                file.adviseDontNeed(position, length);
            }
        }
        assertThat(read(file, 0, 6)).isEqualTo("abcdef");
        assertThat(file.size()).isEqualTo(6);

        fileSystem().delete(path("a"));
        file.adviseWillNeed(0, 6);
        file.close();
        file.adviseDontNeed(0, 6);
    }

    @Test
    void truncationCutsAndNeverGrows() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.write(bytes("abcdef"), 0);
            file.truncate(10);
            assertThat(file.size()).isEqualTo(6);

            file.truncate(4);

            assertThat(file.size()).isEqualTo(4);
            assertThat(read(file, 0, 6)).isEqualTo("abcd");
        }
    }

    @Test
    void whatWasCutDoesNotComeBack() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.write(bytes("abcdef".repeat(2000)), 0);
            file.truncate(3);
            file.write(bytes("z"), 11_999);

            assertThat(read(file, 0, 6)).isEqualTo("abc\0\0\0");
            assertThat(read(file, 11_997, 3)).isEqualTo("\0\0z");
        }
    }

    @Test
    void syncedFilesReadTheSame() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            file.sync();
            file.write(bytes("abc"), 0);
            file.sync();
            file.write(bytes("X"), 1);
            fileSystem().syncDirectory(directory());

            assertThat(read(file, 0, 3)).isEqualTo("aXc");
        }
    }

    @Test
    void aClosedFileRefusesEverythingAndIsClosedTwiceInPeace() throws IOException {
        StorageFile file = fileSystem().create(path("a"));
        file.close();
        file.close();

        assertThatThrownBy(() -> file.write(bytes("a"), 0)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.write(array("a"), 1, 0)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(file::size).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.truncate(0)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.reserve(1)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(file::sync).isInstanceOf(ClosedChannelException.class);
        assertThat(file.path()).isEqualTo(path("a"));
    }

    @Test
    void filesAreListedByNameWithoutDirectories() throws IOException {
        for (String name : new String[] {"b", "a", "10", "9"}) {
            write(name, name);
        }
        fileSystem().createDirectories(path("c").resolve("below"));
        fileSystem().create(path("c").resolve("hidden")).close();

        assertThat(fileSystem().list(directory())).containsExactly(path("10"), path("9"), path("a"), path("b"));
    }

    @Test
    void onlyDirectoriesAreListed() throws IOException {
        write("a", "");

        assertThatThrownBy(() -> fileSystem().list(path("none"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> fileSystem().list(path("a"))).isInstanceOf(NotDirectoryException.class);
    }

    @Test
    void directoriesAreMadeWithThoseAbove() throws IOException {
        Path deep = path("x").resolve("y").resolve("z");

        fileSystem().createDirectories(deep);
        fileSystem().createDirectories(deep);

        assertThat(fileSystem().exists(deep)).isTrue();
        assertThat(fileSystem().list(deep)).isEmpty();
        fileSystem().create(deep.resolve("a")).close();
    }

    @Test
    void aFileInTheWayOfADirectoryIsAnError() throws IOException {
        write("a", "kept");

        assertThatIOException().isThrownBy(() -> fileSystem().createDirectories(path("a")));
        assertThatIOException()
                .isThrownBy(() -> fileSystem().createDirectories(path("a").resolve("b")));
        assertThat(read("a")).isEqualTo("kept");
    }

    @Test
    void aRenamedFileHasOnlyItsNewName() throws IOException {
        write("a", "content");

        fileSystem().rename(path("a"), path("b"));

        assertThat(fileSystem().exists(path("a"))).isFalse();
        assertThat(read("b")).isEqualTo("content");
    }

    @Test
    void aRenameReplacesWhatHadTheName() throws IOException {
        write("a", "new");
        write("b", "old and longer");
        try (StorageFile old = fileSystem().open(path("b"))) {
            fileSystem().rename(path("a"), path("b"));

            assertThat(read("b")).isEqualTo("new");
            assertThat(fileSystem().list(directory())).containsExactly(path("b"));
            assertThat(read(old, 0, 20)).isEqualTo("old and longer");
        }
    }

    @Test
    void aRenameToItsOwnNameChangesNothing() throws IOException {
        write("a", "content");

        fileSystem().rename(path("a"), path("a"));

        assertThat(read("a")).isEqualTo("content");
    }

    @Test
    void aFileMovesBetweenDirectories() throws IOException {
        write("a", "content");
        fileSystem().createDirectories(path("d"));

        fileSystem().rename(path("a"), path("d").resolve("b"));

        assertThat(fileSystem().list(directory())).isEmpty();
        assertThat(fileSystem().list(path("d"))).containsExactly(path("d").resolve("b"));
    }

    @Test
    void whatIsNotThereCannotBeRenamed() throws IOException {
        write("b", "kept");

        assertThatThrownBy(() -> fileSystem().rename(path("a"), path("b"))).isInstanceOf(NoSuchFileException.class);
        assertThat(read("b")).isEqualTo("kept");
    }

    @Test
    void anOpenFileFollowsItsRename() throws IOException {
        try (StorageFile file = fileSystem().create(path("a"))) {
            fileSystem().rename(path("a"), path("b"));
            file.write(bytes("late"), 0);
            file.sync();

            assertThat(read("b")).isEqualTo("late");
            assertThat(file.path()).isEqualTo(path("a"));
        }
    }

    @Test
    void aDeletedFileStaysReadableToWhoHasItOpen() throws IOException {
        write("a", "content");
        try (StorageFile file = fileSystem().open(path("a"))) {
            fileSystem().delete(path("a"));

            assertThat(fileSystem().exists(path("a"))).isFalse();
            assertThat(read(file, 0, 7)).isEqualTo("content");
            write("a", "another");
            assertThat(read(file, 0, 7)).isEqualTo("content");
        }
        assertThat(read("a")).isEqualTo("another");
    }

    @Test
    void aFileHasItsSizeAlsoWhereNobodyHasItOpen() throws IOException {
        write("a", "12345");
        assertThat(fileSystem().size(path("a"))).isEqualTo(5);
        try (StorageFile file = fileSystem().open(path("a"))) {
            file.write(bytes("789"), 6);
            assertThat(fileSystem().size(path("a"))).isEqualTo(9);
        }

        assertThatThrownBy(() -> fileSystem().size(path("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void whatIsNotThereCannotBeDeleted() {
        assertThatThrownBy(() -> fileSystem().delete(path("a"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void onlyDirectoriesThatExistAreSynced() throws IOException {
        fileSystem().syncDirectory(directory());

        assertThatThrownBy(() -> fileSystem().syncDirectory(path("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void thereIsRoomToWrite() throws IOException {
        assertThat(fileSystem().usableBytes(directory())).isPositive();
    }

    private Path path(String name) {
        return directory().resolve(name);
    }

    private void write(String name, String content) throws IOException {
        try (StorageFile file = fileSystem().create(path(name))) {
            file.write(bytes(content), 0);
        }
    }

    private String read(String name) throws IOException {
        try (StorageFile file = fileSystem().open(path(name))) {
            return read(file, 0, Math.toIntExact(file.size()));
        }
    }

    private static String read(StorageFile file, long position, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        file.read(target, position);
        return text(target.flip());
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static ByteBuffer[] array(String text) {
        return new ByteBuffer[] {bytes(text)};
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }
}

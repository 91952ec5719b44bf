package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.Clock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data directory belongs to one process at a time, for as long as that process lives. */
class DirectoryLockTest {
    @TempDir
    Path temporary;

    @Test
    void anotherProcessIsRefusedUntilTheHolderIsKilled() throws Exception {
        Path directory = temporary.resolve("data");
        try (ChildProcess holder = ChildProcess.run(temporary, LockHolder.class, directory.toString())) {
            holder.awaitLine("locked");
            assertThatThrownBy(() -> DirectoryLock.take(directory, Clock.SYSTEM))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("is in use by process " + holder.pid() + " on ")
                    .hasMessageContaining("--data");
        }

        DirectoryLock.take(directory, Clock.SYSTEM).close();
    }

    @Test
    void aSecondTryInTheSameProcessIsRefusedAndDoesNotLoseTheLock() throws Exception {
        try (var lock = DirectoryLock.take(temporary, Clock.SYSTEM)) {
            assertThat(lock).isNotNull();
            Path sameDirectory = temporary.resolve("x").resolve("..");
            Files.createDirectory(temporary.resolve("x"));
            assertThatThrownBy(() -> DirectoryLock.take(sameDirectory, Clock.SYSTEM))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("in use by this process");

            try (ChildProcess other = ChildProcess.run(temporary, LockHolder.class, temporary.toString())) {
                List<String> lines = other.awaitLine("refused");
                assertThat(lines.get(0))
                        .contains("in use by process " + ProcessHandle.current().pid());
            }
        }
    }

    @Test
    void aDirectoryThatWasGivenBackCanBeTakenAgain() throws Exception {
        DirectoryLock.take(temporary, Clock.SYSTEM).close();
        DirectoryLock.take(temporary, Clock.SYSTEM).close();

        assertThat(temporary.resolve("lock")).isEmptyFile();
    }

    @Test
    void theLockFileSaysWhoHoldsItAndSinceWhen() throws Exception {
        try (var lock = DirectoryLock.take(temporary, Clock.SYSTEM)) {
            assertThat(lock).isNotNull();
            assertThat(temporary.resolve("lock"))
                    .content()
                    .matches("process " + ProcessHandle.current().pid() + " on \\S+ since \\d{4}-\\d\\d-\\d\\dT.*Z\n");
        }
    }

    @Test
    void aNewDirectoryIsForItsOwnerOnly() throws Exception {
        Path directory = temporary.resolve("a").resolve("b");
        DirectoryLock.take(directory, Clock.SYSTEM).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
    }

    @Test
    void whatIsNoDirectoryIsRefusedWithTheReason() throws Exception {
        Path file = Files.createFile(temporary.resolve("file"));

        assertThatThrownBy(() -> DirectoryLock.take(file, Clock.SYSTEM))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("the data directory " + file + " cannot be used")
                .hasMessageContaining("there is already something of this name");
        assertThatThrownBy(() -> DirectoryLock.take(file.resolve("below"), Clock.SYSTEM))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("cannot be used");
    }
}

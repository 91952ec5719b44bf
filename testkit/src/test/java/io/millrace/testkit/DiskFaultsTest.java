package io.millrace.testkit;

import static io.millrace.testkit.DiskFixture.DIRECTORY;
import static io.millrace.testkit.DiskFixture.bytes;
import static io.millrace.testkit.DiskFixture.path;
import static io.millrace.testkit.DiskFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.file.OutOfSpaceException;
import io.millrace.base.file.StorageFile;
import io.millrace.testkit.DiskOperation.Kind;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Refusals, lies and full disks. */
class DiskFaultsTest {
    private final DiskFixture fixture = new DiskFixture(11);
    private final SimulatedFileSystem disk = fixture.disk;
    private final DiskFaults faults = disk.faults();

    @Test
    void theNthSyncFailsOnce() throws IOException {
        StorageFile file = fixture.durable("a", "");
        faults.fail(Kind.SYNC, 2);

        file.sync();
        assertThatIOException().isThrownBy(file::sync);
        file.sync();
    }

    @Test
    void syncsAreCountedFromTheCall() throws IOException {
        StorageFile file = fixture.durable("a", "");
        file.sync();
        faults.fail(Kind.SYNC, 1);

        assertThatIOException().isThrownBy(file::sync);
        assertThatIllegalArgumentException().isThrownBy(() -> faults.fail(Kind.SYNC, 0));
    }

    @Test
    void whatAFailedSyncLeftIsReadButNeverMadeDurable() throws IOException {
        StorageFile file = fixture.durable("a", "old");
        file.write(bytes("new!"), 0);
        faults.fail(Kind.SYNC, 1);
        assertThatIOException().isThrownBy(file::sync);

        file.sync();
        disk.open(path("a")).sync();
        assertThat(read(file)).isEqualTo("new!");
        fixture.crash(Survival.NOTHING);

        assertThat(fixture.read("a")).isEqualTo("old");
    }

    @Test
    void whatAFailedSyncLeftMayBeOnTheDiskAllTheSame() throws IOException {
        StorageFile file = fixture.durable("a", "old");
        file.write(bytes("new"), 0);
        faults.fail(Kind.SYNC, 1);
        assertThatIOException().isThrownBy(file::sync);

        fixture.crash(Survival.EVERYTHING);

        assertThat(fixture.read("a")).isEqualTo("new");
    }

    @Test
    void whatIsWrittenAfterAFailedSyncCanBeSynced() throws IOException {
        StorageFile file = fixture.durable("a", "......");
        file.write(bytes("abcd"), 0);
        faults.fail(Kind.SYNC, 1);
        assertThatIOException().isThrownBy(file::sync);
        file.write(bytes("XY"), 2);
        file.sync();

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.read("a")).isEqualTo("..XY..");
    }

    @Test
    void whatAFailedSyncLeftDoesNotUndoWhatWasSyncedLater() throws IOException {
        StorageFile file = fixture.durable("a", "......");
        file.write(bytes("abcd"), 0);
        faults.fail(Kind.SYNC, 1);
        assertThatIOException().isThrownBy(file::sync);
        file.write(bytes("XY"), 2);
        file.sync();

        fixture.crash(Survival.EVERYTHING);

        assertThat(fixture.read("a")).isEqualTo("abXY..");
    }

    @Test
    void whatAFailedSyncLeftDoesNotUndoALaterCut() throws IOException {
        StorageFile file = fixture.durable("a", "");
        file.write(bytes("abcdef"), 0);
        file.write(bytes("ghi"), 6);
        faults.fail(Kind.SYNC, 1);
        assertThatIOException().isThrownBy(file::sync);
        file.truncate(4);
        file.sync();

        fixture.crash(Survival.EVERYTHING);

        assertThat(fixture.read("a")).isEqualTo("abcd");
    }

    @Test
    void aSyncedCutIsTheLengthEvenInsideWhatAFailedSyncLeft() throws IOException {
        StorageFile file = fixture.durable("a", "ab");
        file.write(bytes("z"), 9);
        faults.fail(Kind.SYNC, 1);
        assertThatIOException().isThrownBy(file::sync);
        file.truncate(4);
        file.sync();

        fixture.crash(Survival.NOTHING);
        assertThat(fixture.read("a")).isEqualTo("ab\0\0");
        fixture.crash(Survival.NOTHING);
        assertThat(fixture.read("a")).isEqualTo("ab\0\0");
    }

    @Test
    void namesThatAFailedSyncLeftAreNeverMadeDurable() throws IOException {
        fixture.unsynced("a", "");
        faults.fail(Kind.SYNC_DIRECTORY, 1);
        assertThatIOException().isThrownBy(() -> disk.syncDirectory(DIRECTORY));

        disk.syncDirectory(DIRECTORY);
        assertThat(fixture.exists("a")).isTrue();
        fixture.crash(Survival.NOTHING);

        assertThat(fixture.exists("a")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"NOTHING", "EVERYTHING"})
    void aSyncedRenameTakesTheForgottenCreateBeforeItAlong(Survival survival) throws IOException {
        fixture.unsynced("a", "");
        faults.fail(Kind.SYNC_DIRECTORY, 1);
        assertThatIOException().isThrownBy(() -> disk.syncDirectory(DIRECTORY));
        disk.rename(path("a"), path("b"));
        disk.syncDirectory(DIRECTORY);

        fixture.crash(survival);

        assertThat(disk.list(DIRECTORY)).containsExactly(path("b"));
    }

    @Test
    void aFailedWriteLeavesABeginning() throws IOException {
        Set<Long> lengths = new HashSet<>();
        StorageFile file = fixture.durable("a", "");
        for (int i = 0; i < 100; i++) {
            file.truncate(0);
            faults.fail(Kind.WRITE, 1);
            assertThatIOException().isThrownBy(() -> file.write(bytes("abc"), 0));
            assertThat("abc").startsWith(read(file));
            lengths.add(file.size());
        }
        assertThat(lengths).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
    }

    @ParameterizedTest
    @EnumSource(names = {"CREATE", "RENAME", "DELETE", "TRUNCATE", "CREATE_DIRECTORY"})
    void anyOtherFailedOperationHasDoneNothing(Kind kind) throws IOException {
        StorageFile file = fixture.durable("a", "abc");
        faults.fail(kind, 1);

        assertThatIOException().isThrownBy(() -> {
            disk.create(path("b")).close();
            file.truncate(1);
            disk.rename(path("a"), path("c"));
            disk.delete(path("c"));
            disk.createDirectories(path("d"));
        });
        assertThat(fixture.exists("b")).isEqualTo(kind != Kind.CREATE);
        assertThat(file.size()).isEqualTo(kind == Kind.CREATE || kind == Kind.TRUNCATE ? 3 : 1);
        assertThat(fixture.exists("a")).isEqualTo(kind != Kind.DELETE && kind != Kind.CREATE_DIRECTORY);
        assertThat(fixture.exists("c")).isEqualTo(kind == Kind.DELETE);
        assertThat(fixture.exists("d")).isFalse();
    }

    @Test
    void operationsFailAtRandomUntilCleared() throws IOException {
        StorageFile file = fixture.durable("a", "");
        faults.failAtRandom(Kind.SYNC, 0.5);
        int failed = 0;
        for (int i = 0; i < 1000; i++) {
            try {
                file.sync();
            } catch (IOException expected) {
                failed++;
            }
        }
        assertThat(failed).isBetween(400, 600);

        faults.fail(Kind.SYNC, 1);
        faults.clear();
        for (int i = 0; i < 50; i++) {
            file.sync();
        }
    }

    @Test
    void aLyingDiskSyncsNothing() throws IOException {
        StorageFile file = fixture.durable("a", "old");
        faults.dropSyncs(true);
        file.write(bytes("new"), 0);
        fixture.unsynced("b", "");
        file.sync();
        disk.syncDirectory(DIRECTORY);

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.read("a")).isEqualTo("old");
        assertThat(fixture.exists("b")).isFalse();
    }

    @Test
    void aDiskThatStopsLyingSyncsWhatItDropped() throws IOException {
        StorageFile file = fixture.durable("a", "old");
        faults.dropSyncs(true);
        file.write(bytes("new"), 0);
        file.sync();
        faults.dropSyncs(false);
        file.sync();

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.read("a")).isEqualTo("new");
    }

    @Test
    void aFullDiskRefusesGrowthAndTakesOverwrites() throws IOException {
        StorageFile file = fixture.durable("a", "12345678");
        disk.capacity(10);
        assertThat(disk.usableBytes(DIRECTORY)).isEqualTo(2);

        assertThatThrownBy(() -> file.write(bytes("abc"), 8)).isInstanceOf(OutOfSpaceException.class);
        file.truncate(8);
        file.write(bytes("ab"), 8);
        assertThat(disk.usableBytes(DIRECTORY)).isZero();
        assertThatThrownBy(() -> fixture.unsynced("b", "x")).isInstanceOf(OutOfSpaceException.class);
        file.write(bytes("over"), 0);

        assertThat(read(file)).isEqualTo("over5678ab");
    }

    @Test
    void aRefusedWriteMayHaveUsedTheRoomThatThereWas() throws IOException {
        StorageFile file = fixture.durable("a", "12345678");
        disk.capacity(10);
        Set<String> contents = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            file.truncate(8);
            assertThatThrownBy(() -> file.write(bytes("abcd"), 8)).isInstanceOf(OutOfSpaceException.class);
            contents.add(read(file));
        }
        assertThat(contents).containsExactlyInAnyOrder("12345678", "12345678a", "12345678ab");
    }

    @Test
    void aFullDiskReservesNoMore() throws IOException {
        StorageFile file = fixture.durable("a", "1234");
        disk.capacity(10);
        assertThat(file.reserve(8)).isTrue();
        assertThat(disk.usableBytes(DIRECTORY)).isEqualTo(2);

        assertThatThrownBy(() -> file.reserve(11)).isInstanceOf(OutOfSpaceException.class);
        assertThat(file.size()).isBetween(8L, 10L);
    }

    @Test
    void aDiskThatCannotReserveSaysSo() throws IOException {
        StorageFile file = fixture.durable("a", "1234");
        disk.canReserve(false);

        assertThat(file.reserve(8)).isFalse();

        assertThat(file.size()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(Survival.class)
    void whatIsReservedIsLostOrIsZerosUntilItIsSynced(Survival survival) throws IOException {
        StorageFile file = fixture.durable("a", "1234");
        file.reserve(2000);

        fixture.crash(survival);

        assertThat(fixture.read("a")).matches("1234\0*").hasSizeBetween(4, 2000);
        StorageFile again = disk.open(path("a"));
        again.reserve(2000);
        again.sync();
        fixture.crash(Survival.NOTHING);
        assertThat(fixture.read("a")).hasSize(2000);
    }

    @Test
    void roomComesBackWhenTheCapacityIsRaised() throws IOException {
        StorageFile file = fixture.durable("a", "12345678");
        disk.capacity(4);
        assertThat(disk.usableBytes(DIRECTORY)).isZero();
        assertThatThrownBy(() -> file.write(bytes("a"), 8)).isInstanceOf(OutOfSpaceException.class);

        disk.capacity(9);

        file.write(bytes("a"), 8);
    }

    @Test
    void aDeletedFileGivesItsRoomBackWhenNobodyHasItOpen() throws IOException {
        disk.capacity(10);
        StorageFile file = fixture.durable("a", "12345678");
        disk.delete(path("a"));
        assertThat(disk.usableBytes(DIRECTORY)).isEqualTo(2);
        file.close();
        assertThat(disk.usableBytes(DIRECTORY)).isEqualTo(10);
    }

    @Test
    void aReplacedFileGivesItsRoomBack() throws IOException {
        disk.capacity(10);
        fixture.durable("a", "1234").close();
        fixture.durable("b", "123").close();

        disk.rename(path("b"), path("a"));

        assertThat(disk.usableBytes(DIRECTORY)).isEqualTo(7);
    }

    @Test
    void roomIsCountedAnewAfterADeath() throws IOException {
        disk.capacity(10);
        fixture.durable("a", "1234");
        fixture.unsynced("lost", "12");
        StorageFile gone = fixture.unsynced("deleted", "12");
        disk.delete(path("deleted"));
        assertThat(disk.usableBytes(DIRECTORY)).isEqualTo(2);

        fixture.kill();
        assertThat(disk.usableBytes(DIRECTORY)).isEqualTo(4);
        gone.close();
        assertThat(disk.usableBytes(DIRECTORY)).isEqualTo(4);
        fixture.crash(Survival.NOTHING);
        assertThat(disk.usableBytes(DIRECTORY)).isEqualTo(6);
    }
}

package io.millrace.testkit;

import static io.millrace.testkit.DiskFixture.DIRECTORY;
import static io.millrace.testkit.DiskFixture.bytes;
import static io.millrace.testkit.DiskFixture.path;
import static io.millrace.testkit.DiskFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.file.StorageFile;
import io.millrace.testkit.DiskOperation.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is durable and what is not, who is dead and who is alive. */
class SimulatedFileSystemTest {
    private final DiskFixture fixture = new DiskFixture(7);
    private final SimulatedFileSystem disk = fixture.disk;

    @Test
    void whatWasSyncedSurvivesEveryCut() throws IOException {
        fixture.durable("a", "synced");

        for (Survival survival : Survival.values()) {
            fixture.crash(survival);
            assertThat(fixture.read("a")).isEqualTo("synced");
        }
    }

    @Test
    void theDigestTellsWhatWasDoneWhereAndWhatWasWritten() throws IOException {
        assertThat(digestOf("a", "text", 0)).isEqualTo(digestOf("a", "text", 0));

        assertThat(List.of(
                        digestOf("a", "text", 0),
                        digestOf("b", "text", 0),
                        digestOf("a", "next", 0),
                        digestOf("a", "text", 1)))
                .doesNotHaveDuplicates();
    }

    private static long digestOf(String name, String text, long position) throws IOException {
        DiskFixture fixture = new DiskFixture(7);
        fixture.durable(name, "").write(bytes(text), position);
        return fixture.disk.digest();
    }

    @Test
    void whatWasNotSyncedMayBeLost() throws IOException {
        fixture.durable("a", "synced").write(bytes("SYN and more"), 0);

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.read("a")).isEqualTo("synced");
    }

    @Test
    void whatWasNotSyncedMaySurvive() throws IOException {
        fixture.durable("a", "synced").write(bytes("SYN and more"), 0);

        fixture.crash(Survival.EVERYTHING);

        assertThat(fixture.read("a")).isEqualTo("SYN and more");
    }

    @Test
    void whatSurvivedACutIsDurable() throws IOException {
        fixture.durable("a", "synced").write(bytes("SYN and more"), 0);
        fixture.crash(Survival.EVERYTHING);

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.read("a")).isEqualTo("SYN and more");
    }

    @Test
    void aTruncationMayBeLostOrSurvive() throws IOException {
        fixture.durable("a", "synced").truncate(3);
        assertThat(fixture.read("a")).isEqualTo("syn");

        fixture.crash(Survival.NOTHING);
        assertThat(fixture.read("a")).isEqualTo("synced");

        disk.open(path("a")).truncate(3);
        fixture.crash(Survival.EVERYTHING);
        assertThat(fixture.read("a")).isEqualTo("syn");
    }

    @Test
    void aSyncedTruncationIsDurable() throws IOException {
        StorageFile file = fixture.durable("a", "synced");
        file.truncate(3);
        file.sync();
        file.write(bytes("!"), 4);

        fixture.crash(Survival.NOTHING);
        assertThat(fixture.read("a")).isEqualTo("syn");

        disk.open(path("a")).write(bytes("!"), 4);
        fixture.crash(Survival.EVERYTHING);
        assertThat(fixture.read("a")).isEqualTo("syn\0!");
    }

    @Test
    void aSyncOfOneFileDoesNothingForAnother() throws IOException {
        StorageFile one = fixture.durable("one", "");
        StorageFile other = fixture.durable("other", "");
        one.write(bytes("1"), 0);
        other.write(bytes("2"), 0);
        one.sync();

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.read("one")).isEqualTo("1");
        assertThat(fixture.read("other")).isEmpty();
    }

    @Test
    void aSyncThroughOneHandleCoversWhatWasWrittenThroughAnother() throws IOException {
        fixture.durable("a", "old").write(bytes("new"), 0);
        disk.open(path("a")).sync();

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.read("a")).isEqualTo("new");
    }

    @Test
    void aSyncCoversOnlyWhatWasWrittenBeforeTheCall() throws IOException {
        StorageFile file = fixture.durable("a", "");
        file.write(bytes("before"), 0);
        onceBefore(Kind.SYNC, () -> file.write(bytes("during"), 0));
        file.sync();
        assertThat(fixture.read("a")).isEqualTo("during");

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.read("a")).isEqualTo("before");
    }

    @Test
    void aNewNameIsDurableOnlyWithItsDirectory() throws IOException {
        fixture.unsynced("a", "synced").sync();

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.exists("a")).isFalse();
    }

    @Test
    void aDurableNameDoesNotMakeItsContentDurable() throws IOException {
        fixture.unsynced("a", "unsynced");
        disk.syncDirectory(DIRECTORY);

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.read("a")).isEmpty();
    }

    @Test
    void aDirectorySyncCoversOnlyTheNamesChangedBeforeTheCall() throws IOException {
        fixture.unsynced("a", "");
        onceBefore(Kind.SYNC_DIRECTORY, () -> fixture.unsynced("b", ""));
        disk.syncDirectory(DIRECTORY);

        fixture.crash(Survival.NOTHING);

        assertThat(disk.list(DIRECTORY)).containsExactly(path("a"));
    }

    @Test
    void aRenameIsDurableOnlyWithItsDirectory() throws IOException {
        fixture.durable("new", "new");
        fixture.durable("name", "old");
        disk.rename(path("new"), path("name"));

        fixture.crash(Survival.NOTHING);
        assertThat(fixture.read("name")).isEqualTo("old");
        assertThat(fixture.read("new")).isEqualTo("new");

        disk.rename(path("new"), path("name"));
        disk.syncDirectory(DIRECTORY);
        fixture.crash(Survival.NOTHING);
        assertThat(fixture.read("name")).isEqualTo("new");
        assertThat(fixture.exists("new")).isFalse();
    }

    @Test
    void aMoveIsDurableWithEitherDirectory() throws IOException {
        disk.createDirectories(path("d"));
        fixture.durable("a", "content");
        disk.rename(path("a"), path("d").resolve("b"));
        disk.syncDirectory(path("d"));

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.exists("a")).isFalse();
        assertThat(disk.exists(path("d").resolve("b"))).isTrue();
    }

    @Test
    void aDeletionIsDurableOnlyWithItsDirectory() throws IOException {
        fixture.durable("a", "back").close();
        disk.delete(path("a"));

        fixture.crash(Survival.NOTHING);
        assertThat(fixture.read("a")).isEqualTo("back");

        disk.delete(path("a"));
        disk.syncDirectory(DIRECTORY);
        fixture.crash(Survival.NOTHING);
        assertThat(fixture.exists("a")).isFalse();
    }

    @Test
    void aDirectoryThatWasMadeIsDurable() throws IOException {
        disk.createDirectories(path("x").resolve("y"));

        fixture.crash(Survival.NOTHING);

        assertThat(disk.exists(path("x").resolve("y"))).isTrue();
    }

    @Test
    void aKilledProcessLosesNothingYet() throws IOException {
        fixture.durable("a", "synced").write(bytes("SYNCED"), 0);
        fixture.unsynced("b", "new");

        fixture.kill();
        assertThat(fixture.read("a")).isEqualTo("SYNCED");
        assertThat(fixture.read("b")).isEqualTo("new");

        fixture.crash(Survival.NOTHING);
        assertThat(fixture.read("a")).isEqualTo("synced");
        assertThat(fixture.exists("b")).isFalse();
    }

    @Test
    void theSyncOfANewProcessCoversWhatTheKilledOneWrote() throws IOException {
        fixture.durable("a", "synced").write(bytes("SYNCED"), 0);
        fixture.kill();
        disk.open(path("a")).sync();

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.read("a")).isEqualTo("SYNCED");
    }

    @Test
    void everythingThrowsFromTheCrashToTheRestart() throws IOException {
        StorageFile file = fixture.durable("a", "x");
        disk.crash(Survival.EVERYTHING, fixture.random);

        assertThat(disk.isDown()).isTrue();
        assertDead(file);
        assertThatThrownBy(() -> disk.create(path("b"))).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.open(path("a"))).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.exists(path("a"))).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.list(DIRECTORY)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.createDirectories(DIRECTORY)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.rename(path("a"), path("b"))).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.delete(path("a"))).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.syncDirectory(DIRECTORY)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.usableBytes(DIRECTORY)).isInstanceOf(SimulatedCrash.class);
    }

    @Test
    void whatWasOpenBeforeStaysDeadAfterTheRestart() throws IOException {
        StorageFile file = fixture.durable("a", "x");
        fixture.kill();

        assertThat(disk.isDown()).isFalse();
        assertDead(file);
        file.close();
        assertThat(fixture.read("a")).isEqualTo("x");
    }

    @Test
    void onlyTheDeadAreRestarted() {
        assertThatIllegalStateException().isThrownBy(disk::restart);
    }

    @Test
    void operationsAreNumberedAndTold() throws IOException {
        List<String> told = new ArrayList<>();
        long before = disk.operations();
        disk.onOperation(operation -> told.add(
                operation.number() - before + " " + operation.kind() + " " + DIRECTORY.relativize(operation.path())));

        StorageFile file = disk.create(path("a"));
        file.write(bytes("abc"), 0);
        file.read(ByteBuffer.allocate(3), 0);
        file.truncate(1);
        file.sync();
        disk.rename(path("a"), path("b"));
        disk.delete(path("b"));
        disk.syncDirectory(DIRECTORY);
        disk.createDirectories(path("d"));

        assertThat(told)
                .containsExactly(
                        "1 CREATE a",
                        "2 WRITE a",
                        "3 TRUNCATE a",
                        "4 SYNC a",
                        "5 RENAME a",
                        "6 DELETE b",
                        "7 SYNC_DIRECTORY ",
                        "8 SYNC_DIRECTORY ..",
                        "9 CREATE_DIRECTORY d",
                        "10 SYNC_DIRECTORY ");
        assertThat(disk.operations()).isEqualTo(before + 10);
    }

    @Test
    void aHookRefusesByThrowing() throws IOException {
        StorageFile file = fixture.durable("a", "old");
        disk.onOperation(operation -> {
            throw new IOException("refused");
        });

        assertThatThrownBy(() -> file.write(bytes("new"), 0)).hasMessage("refused");
        assertThat(read(file)).isEqualTo("old");
    }

    @Test
    void aHookMayCutThePower() throws IOException {
        StorageFile file = fixture.durable("a", "old");
        disk.onOperation(operation -> disk.crash(Survival.EVERYTHING, fixture.random));

        assertThatThrownBy(() -> file.write(bytes("new"), 0)).isInstanceOf(SimulatedCrash.class);
        disk.restart();
        assertThat(fixture.read("a")).isEqualTo("old");
    }

    @Test
    void anOperationThatWasDoneCannotBeTheLast() {
        assertThatIllegalArgumentException().isThrownBy(() -> disk.crashAt(disk.operations()));
        assertThatIllegalArgumentException().isThrownBy(() -> disk.killAt(0));
    }

    @Test
    void aFlippedBitIsReadAndSurvives() throws IOException {
        StorageFile file = fixture.durable("a", "abc");
        file.write(bytes("b"), 1);

        disk.flipBit(path("a"), 1, 0);
        assertThat(read(file)).isEqualTo("acc");
        fixture.crash(Survival.NOTHING);
        assertThat(fixture.read("a")).isEqualTo("acc");
    }

    @Test
    void aFlippedBitOnItsWayToTheDiskArrivesFlipped() throws IOException {
        StorageFile file = fixture.durable("a", "");
        file.write(bytes("abc"), 0);
        disk.flipBit(path("a"), 1, 0);
        file.sync();
        file.write(bytes("lost"), 3);

        fixture.crash(Survival.NOTHING);

        assertThat(fixture.read("a")).isEqualTo("acc");
    }

    @Test
    void onlyBitsOfTheFileCanBeFlipped() throws IOException {
        fixture.durable("a", "abc");

        assertThatIllegalArgumentException().isThrownBy(() -> disk.flipBit(path("a"), 3, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> disk.flipBit(path("a"), 0, 8));
    }

    private void onceBefore(Kind kind, DiskAction action) {
        disk.onOperation(operation -> {
            if (operation.kind() == kind) {
                disk.onOperation(any -> {});
                action.complete();
            }
        });
    }

    private static void assertDead(StorageFile file) {
        assertThatThrownBy(() -> file.write(bytes("a"), 0)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(file::size).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> file.truncate(0)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(file::sync).isInstanceOf(SimulatedCrash.class);
    }
}

package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.file.StorageFile;
import io.millrace.testkit.SimulatedCrash;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.Survival;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose directory it is, and whether this version can read it. */
class StoreIdentityTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final Path NAME = DIRECTORY.resolve("millrace.format");
    private static final String ID = "01234567-89ab-cdef-0123-456789abcdef";

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));

    @BeforeEach
    void makeDirectory() throws IOException {
        disk.createDirectories(DIRECTORY);
    }

    @Test
    void anIdentityIsMadeOnceAndReadFromThenOn() throws IOException {
        StoreIdentity made = StoreIdentity.open(disk, DIRECTORY, new Random(1));

        assertThat(StoreIdentity.open(disk, DIRECTORY, new Random(2))).isEqualTo(made);
        disk.delete(NAME);
        assertThat(StoreIdentity.open(disk, DIRECTORY, new Random(2))).isNotEqualTo(made);
    }

    @Test
    void anIdentityThatWasGivenOutSurvivesAPowerCut() throws IOException {
        StoreIdentity made = StoreIdentity.open(disk, DIRECTORY, new Random(1));

        disk.crash(Survival.NOTHING, new SplittableRandom(1));
        disk.restart();

        assertThat(StoreIdentity.open(disk, DIRECTORY, new Random(2))).isEqualTo(made);
    }

    @Test
    void aCrashAtAnyMomentLeavesNoIdentityOrAWholeOne() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SimulatedFileSystem crashing = new SimulatedFileSystem(random);
            crashing.createDirectories(DIRECTORY);
            crashing.crashAt(crashing.operations() + random.nextInt(1, 6));
            try {
                StoreIdentity.open(crashing, DIRECTORY, new Random(1));
            } catch (SimulatedCrash e) {
                crashing.restart();
            }
            StoreIdentity.open(crashing, DIRECTORY, new Random(2));
        }
    }

    @Test
    void anIdentityThatAKilledProcessMadeIsDurableBeforeItIsUsed() throws IOException {
        disk.killAt(disk.operations() + 5);
        assertThatThrownBy(() -> StoreIdentity.open(disk, DIRECTORY, new Random(1)))
                .isInstanceOf(SimulatedCrash.class);
        disk.restart();
        assertThat(disk.exists(NAME)).isTrue();

        StoreIdentity found = StoreIdentity.open(disk, DIRECTORY, new Random(2));
        disk.crash(Survival.NOTHING, new SplittableRandom(1));
        disk.restart();

        assertThat(StoreIdentity.open(disk, DIRECTORY, new Random(3))).isEqualTo(found);
    }

    @Test
    void theFileIsReadable() throws IOException {
        write("format 1\nid " + ID + "\n");

        assertThat(StoreIdentity.open(disk, DIRECTORY, new Random(1)).id()).hasToString(ID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"format 2\nid " + ID + "\n", "format 17\nsomething else\n", "format 0\n"})
    void aVersionThatIsNotKnownIsRefusedByName(String content) throws IOException {
        write(content);

        assertThatIOException()
                .isThrownBy(() -> StoreIdentity.open(disk, DIRECTORY, new Random(1)))
                .withMessageContainingAll(
                        NAME.toString(), content.substring(0, content.indexOf('\n')), "reads format 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "format 1\n",
                "format 1",
                "format 1\nid " + ID,
                "format 1\nid 0123\n",
                "format 1\nid ------------------------------------\n",
                "format 1\nid " + ID + "\nmore\n",
                "format 1234567890\nid " + ID + "\n",
                "format x\nid " + ID + "\n",
                "\0\0\0\0\0\0\0\0\0\0\0\0"
            })
    void aFileThatIsNotWhatItShouldBeIsDamaged(String content) throws IOException {
        write(content);

        assertThatIOException()
                .isThrownBy(() -> StoreIdentity.open(disk, DIRECTORY, new Random(1)))
                .withMessageContainingAll(NAME.toString(), "damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"journal-000000000001.log", "journal-1.tmp", "quarantine-journal-000000000001.log"})
    void aDirectoryWithJournalFilesAndNoIdentityIsNotGivenOne(String name) throws IOException {
        disk.create(DIRECTORY.resolve(name)).close();

        assertThatIOException()
                .isThrownBy(() -> StoreIdentity.open(disk, DIRECTORY, new Random(1)))
                .withMessageContainingAll(DIRECTORY.toString(), "millrace.format");
        assertThat(disk.exists(NAME)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"millrace.format.tmp", "LOCK", "lost+found.txt"})
    void otherFilesMayBeThereBefore(String name) throws IOException {
        disk.create(DIRECTORY.resolve(name)).close();

        StoreIdentity.open(disk, DIRECTORY, new Random(1));

        assertThat(disk.exists(NAME)).isTrue();
    }

    @Test
    void aFileOfAnotherStoreIsNotOwned() {
        StoreIdentity one = new StoreIdentity(new UUID(1, 2));
        StoreIdentity other = new StoreIdentity(new UUID(1, 3));

        assertThat(one.owns(one.header(1, 1, 1, 1))).isTrue();
        assertThat(one.owns(other.header(1, 1, 1, 1))).isFalse();
        assertThat(one.seal(1)).isEqualTo(one.header(1, 1, 1, 1).seal()).isNotEqualTo(other.seal(1));
    }

    private void write(String content) throws IOException {
        try (StorageFile file = disk.create(NAME)) {
            file.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII)), 0);
        }
    }
}

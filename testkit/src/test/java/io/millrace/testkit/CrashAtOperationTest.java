package io.millrace.testkit;

import static io.millrace.testkit.DiskFixture.DIRECTORY;
import static io.millrace.testkit.DiskFixture.bytes;
import static io.millrace.testkit.DiskFixture.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A run can be made to die in each of its operations; a safe replacement of a file survives all of these deaths. */
class CrashAtOperationTest {
    /** Writes the new version beside the old one, syncs it, and swaps the names. */
    private static void replace(DiskFixture fixture, boolean synced) throws IOException {
        if (fixture.exists("next")) {
            fixture.disk.delete(path("next"));
        }
        StorageFile next = fixture.unsynced("next", "new content");
        if (synced) {
            next.sync();
        }
        fixture.disk.rename(path("next"), path("file"));
        fixture.disk.syncDirectory(DIRECTORY);
    }

    @Test
    void aDeathInAnyOperationLeavesTheOldOrTheNew() throws IOException {
        assertThat(outcomes(true, true)).containsExactlyInAnyOrder("old", "new content");
        assertThat(outcomes(true, false)).containsExactlyInAnyOrder("old", "new content");
    }

    @Test
    void withoutTheSyncMoreIsFound() throws IOException {
        assertThat(outcomes(false, true)).contains("old", "new content", "").hasSizeGreaterThan(3);
    }

    private static Set<String> outcomes(boolean synced, boolean powerCut) throws IOException {
        Set<String> found = new HashSet<>();
        long operations = 5;
        for (long operation = 1; operation <= operations; operation++) {
            for (long seed = 0; seed < 200; seed++) {
                DiskFixture fixture = new DiskFixture(seed);
                fixture.durable("file", "old");
                long start = fixture.disk.operations();
                try {
                    if (powerCut) {
                        fixture.disk.crashAt(start + operation);
                    } else {
                        fixture.disk.killAt(start + operation);
                    }
                    replace(fixture, synced);
                    fixture.crash();
                } catch (SimulatedCrash death) {
                    fixture.disk.restart();
                }
                found.add(fixture.read("file"));
            }
        }
        return found;
    }

    @Test
    void theOperationAndAllLaterOnesThrow() throws IOException {
        DiskFixture fixture = new DiskFixture(1);
        StorageFile file = fixture.durable("a", "");
        fixture.disk.crashAt(fixture.disk.operations() + 2);

        file.write(bytes("a"), 0);
        assertThatThrownBy(() -> file.write(bytes("b"), 1)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(file::sync).isInstanceOf(SimulatedCrash.class);
        assertThat(fixture.disk.isDown()).isTrue();

        fixture.disk.restart();
        assertThat(fixture.exists("a")).isTrue();
    }

    @Test
    void recoveryCanBeCutTooAndADeathHappensOnce() throws IOException {
        DiskFixture fixture = new DiskFixture(1);
        for (int i = 0; i < 3; i++) {
            fixture.disk.crashAt(fixture.disk.operations() + 1);
            assertThatThrownBy(() -> fixture.disk.create(path("a"))).isInstanceOf(SimulatedCrash.class);
            fixture.disk.restart();
        }
        fixture.disk.create(path("b")).close();
    }

    @Test
    void aDeathThatDidNotHappenIsForgottenByTheNextLife() throws IOException {
        DiskFixture fixture = new DiskFixture(1);
        fixture.disk.crashAt(fixture.disk.operations() + 2);
        fixture.kill();
        for (int i = 0; i < 5; i++) {
            fixture.disk.create(path("a" + i)).close();
        }
    }

    @Test
    void aKilledWriteLeavesABeginning() throws IOException {
        Set<String> found = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            DiskFixture fixture = new DiskFixture(seed);
            StorageFile file = fixture.durable("a", "");
            fixture.disk.killAt(fixture.disk.operations() + 1);
            assertThatThrownBy(() -> file.write(bytes("abc"), 0)).isInstanceOf(SimulatedCrash.class);
            fixture.disk.restart();
            found.add(fixture.read("a"));
        }
        assertThat(found).containsExactlyInAnyOrder("", "a", "ab", "abc");
    }

    @Test
    void aSyncThatDiedMayHaveBeenDone() throws IOException {
        Set<String> found = new HashSet<>();
        for (long seed = 0; seed < 50; seed++) {
            DiskFixture fixture = new DiskFixture(seed);
            StorageFile file = fixture.durable("a", "old");
            file.write(bytes("new"), 0);
            fixture.disk.killAt(fixture.disk.operations() + 1);
            assertThatThrownBy(file::sync).isInstanceOf(SimulatedCrash.class);
            fixture.crash(Survival.NOTHING);
            found.add(fixture.read("a"));
        }
        assertThat(found).containsExactlyInAnyOrder("old", "new");
    }

    @Test
    void oneSeedRepeatsARunExactly() throws IOException {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(run(seed)).isEqualTo(run(seed));
        }
        assertThat(run(1)).isNotEqualTo(run(2));
    }

    private static String run(long seed) throws IOException {
        DiskFixture fixture = new DiskFixture(seed);
        fixture.disk.faults().failAtRandom(DiskOperation.Kind.WRITE, 0.3);
        StringBuilder story = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            String name = "f" + i % 7;
            try (StorageFile file =
                    fixture.exists(name) ? fixture.disk.open(path(name)) : fixture.disk.create(path(name))) {
                file.write(bytes("content".repeat(200)), fixture.random.nextInt(1000));
            } catch (IOException e) {
                story.append(e.getMessage());
            }
            if (i % 10 == 9) {
                fixture.crash();
                for (var each : fixture.disk.list(DIRECTORY)) {
                    story.append(fixture.read(each.getFileName().toString()));
                }
            }
        }
        return story.toString();
    }
}

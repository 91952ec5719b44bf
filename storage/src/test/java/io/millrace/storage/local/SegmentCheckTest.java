package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.Damage;
import io.millrace.storage.run.RunFiles;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A segment is checked as what it says that it is; an ordered run is one too. */
class SegmentCheckTest {
    private static final int RECORDS = 50_000;
    private static final int FLIPS = 300;

    private final SplittableRandom random = new SplittableRandom(1);
    private final SimulatedFileSystem disk = new SimulatedFileSystem(random.split());
    private final SegmentFiles files = new SegmentFiles(disk, StoreProcess.DIRECTORY);
    private final LocalSegmentStore store =
            new LocalSegmentStore(0, files, new LogRecords(new LiveFiles(List.of()), new AdoptedFiles(1), file -> {}));

    @BeforeEach
    void writeRun() throws IOException {
        disk.createDirectories(StoreProcess.DIRECTORY);
        RunFiles.write(store, 7, RECORDS);
    }

    @AfterEach
    void close() throws IOException {
        files.close();
    }

    private List<Damage> check() throws IOException {
        List<Damage> found = new ArrayList<>();
        SegmentCheck check = new SegmentCheck(store, 7, found::add);
        int steps = 0;
        while (!check.step()) {
            steps++;
        }
        assertThat(steps).as("steps").isPositive();
        return found;
    }

    @Test
    void aSoundRunIsReadWholeAndHasNoDamage() throws IOException {
        SegmentCheck check = new SegmentCheck(store, 7, damage -> {
            throw new AssertionError(damage);
        });
        long before = 0;
        while (!check.step()) {
            assertThat(check.bytesRead() - before).as("bytes of a step").isLessThanOrEqualTo(1 << 20);
            before = check.bytesRead();
        }
        assertThat(check.bytesRead()).isEqualTo(store.size(7));
    }

    @Test
    void everyFlipInARunIsFound() throws IOException {
        Path path = files.path(0, 7);
        for (int i = 0; i < FLIPS; i++) {
            long offset = random.nextLong(store.size(7));
            disk.flipBit(path, offset, i % Byte.SIZE);
            assertThat(check())
                    .as("bit %d at %d", i % Byte.SIZE, offset)
                    .isNotEmpty()
                    .allMatch(each -> each.file().equals("segment-0000-000000000007.dat"));
            disk.flipBit(path, offset, i % Byte.SIZE);
        }
        assertThat(check()).isEmpty();
    }
}

package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.SegmentOutput;
import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.LeakCheck;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Segment files: how many are open, and what a failure leaves. */
@LeakCheck
class SegmentFilesTest {
    private static final int OPEN_MAX = 256;

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
    private final WatchedFileSystem watched = new WatchedFileSystem(disk);
    private final SegmentFiles files = new SegmentFiles(watched, StoreProcess.DIRECTORY);
    private final LocalSegmentStore store =
            new LocalSegmentStore(0, files, new LogRecords(new LiveFiles(List.of()), new AdoptedFiles(1), file -> {}));

    @BeforeEach
    void makeDirectory() throws IOException {
        disk.createDirectories(StoreProcess.DIRECTORY);
    }

    @AfterEach
    void everythingIsClosedInTheEnd() throws IOException {
        files.close();
        assertThat(watched.open()).isEmpty();
    }

    @Test
    void soManyFilesAreOpenAndNoMore() throws IOException {
        for (int segment = 1; segment <= 2 * OPEN_MAX; segment++) {
            write(segment, 10);
        }
        assertThat(watched.open()).as("what is written is closed").isEmpty();
        for (int turn = 0; turn < 3; turn++) {
            for (int segment = 1; segment <= 2 * OPEN_MAX; segment++) {
                assertThat(read(segment)).isEqualTo((byte) segment);
                assertThat(read(1)).isEqualTo((byte) 1);
                assertThat(watched.open()).hasSizeLessThanOrEqualTo(OPEN_MAX);
            }
        }
        assertThat(watched.open()).hasSize(OPEN_MAX);
    }

    @Test
    void aSegmentThatIsHeldIsDeletedWhenItIsLetGo() throws IOException {
        write(1, 10);
        write(2, 10);
        List<Path> held = files.hold();
        assertThat(held).containsExactly(files.path(0, 1), files.path(0, 2));
        write(3, 10);

        store.delete(1);
        store.delete(1);
        store.delete(3);

        assertThat(store.list()).containsExactly(1L, 2L);
        assertThat(files.isSealed(0, 1)).as("it is not of use any more").isFalse();
        for (Path each : held) {
            files.letGo(each);
        }
        assertThat(store.list()).containsExactly(2L);
        assertThat(files.hold()).containsExactly(files.path(0, 2));
    }

    @Test
    void aFileThatIsDeletedIsClosedWhenItsReaderHasLeftIt() throws IOException {
        write(1, 10);
        List<Integer> open = new ArrayList<>();
        watched.beforeRead = () -> {
            watched.beforeRead = () -> {};
            try {
                store.delete(1);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            open.add(watched.open().size());
        };

        assertThat(read(1)).isEqualTo((byte) 1);

        assertThat(open).containsExactly(1);
        assertThat(watched.open()).isEmpty();
        assertThatThrownBy(() -> read(1)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aFailureToSealIsClearedAwayByWhoAbandons() throws IOException {
        for (Kind kind : new Kind[] {Kind.WRITE, Kind.SYNC, Kind.SYNC_DIRECTORY}) {
            SegmentOutput output = store.create(3);
            output.write(ByteBuffer.allocate(100));
            disk.faults().fail(kind, 1);
            assertThatThrownBy(output::seal).isInstanceOf(IOException.class);

            output.abandon();

            assertThat(store.list()).as(kind.name()).isEmpty();
            assertThat(watched.open()).isEmpty();
        }
    }

    /** The names that others have given are in doubt too. */
    @Test
    void aDirectoryThatCannotBeSyncedIsToldToTheStore() throws IOException {
        List<IOException> told = new ArrayList<>();
        files.whenNamesAreInDoubt(told::add);
        SegmentOutput output = store.create(1);
        disk.faults().fail(Kind.SYNC, 1);
        assertThatThrownBy(output::seal).isInstanceOf(IOException.class);
        assertThat(told).as("a file of its own is nobody else's business").isEmpty();
        output.abandon();

        SegmentOutput second = store.create(2);
        disk.faults().fail(Kind.SYNC_DIRECTORY, 1);
        assertThatThrownBy(second::seal).isInstanceOf(IOException.class);
        assertThat(told).hasSize(1);
        second.abandon();
    }

    @Test
    void whatIsSealedCannotBeWrittenOrAbandoned() throws IOException {
        SegmentOutput output = store.create(1);
        output.seal();
        assertThatThrownBy(() -> output.write(ByteBuffer.allocate(1))).isInstanceOf(IllegalStateException.class);
        output.abandon();
        assertThat(store.list()).containsExactly(1L);
        assertThat(store.size(1)).isZero();
    }

    private void write(long segment, int bytes) throws IOException {
        SegmentOutput output = store.create(segment);
        output.write(ByteBuffer.allocate(bytes).put(0, (byte) segment));
        output.seal();
    }

    private byte read(long segment) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(1);
        store.read(segment, 0, target);
        return target.get(0);
    }
}

package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which file has a position, and which is dead. Two shards; the second writes nothing in the second file. */
class LiveFilesTest {
    private JournalFile first;
    private JournalFile second;
    private JournalFile third;
    private LiveFiles files;

    @BeforeEach
    void makeFiles() throws IOException {
        SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
        first = file(disk, 1, 0, 0);
        first.addFrame(0, 0, false, 5000, 100);
        first.addFrame(1, 0, false, 6000, 50);
        second = file(disk, 2, 100, 50);
        second.addFrame(0, 100, false, 5000, 100);
        third = file(disk, 3, 200, 50);
        third.addFrame(0, 200, false, 5000, 100);
        third.addFrame(1, 50, false, 6000, 50);
        files = new LiveFiles(List.of(first, second));
        files.add(third);
    }

    private static JournalFile file(SimulatedFileSystem disk, long number, long... starts) throws IOException {
        Path path = Path.of("/" + number);
        return new JournalFile(number, number, disk.create(path), 1 << 16, starts);
    }

    @Test
    void theNewestFileIsTheLastOne() {
        assertThat(files.newest()).isSameAs(third);
        assertThat(files.list()).containsExactly(first, second, third);
    }

    @Test
    void aPositionIsInTheFileThatHasItsBytes() {
        assertThat(files.acquire(0, 0)).isSameAs(first);
        assertThat(files.acquire(0, 99)).isSameAs(first);
        assertThat(files.acquire(0, 100)).isSameAs(second);
        assertThat(files.acquire(0, 250)).isSameAs(third);
        assertThat(files.acquire(1, 49)).isSameAs(first);
        assertThat(files.acquire(1, 50)).isSameAs(third);
    }

    @Test
    void aPositionBeforeTheOldestFileIsInNone() {
        files.takeDead(new long[] {100, 50}, 1);

        assertThat(files.acquire(0, 99)).isNull();
        assertThat(files.acquire(0, 100)).isSameAs(second);
    }

    @Test
    void aFileIsDeadWhenEveryShardHasTrimmedItsEnd() {
        assertThat(files.takeDead(new long[] {99, 50}, 1)).isNull();
        assertThat(files.takeDead(new long[] {100, 49}, 1)).isNull();
        assertThat(files.takeDead(new long[] {100, 50}, 1)).isSameAs(first);
        assertThat(files.takeDead(new long[] {199, 50}, 1)).isNull();
        assertThat(files.takeDead(new long[] {200, 50}, 1)).isSameAs(second);
        assertThat(files.list()).containsExactly(third);
    }

    @Test
    void asManyFilesAsAreAskedForAreKept() {
        assertThat(files.takeDead(new long[] {1000, 1000}, 2)).isSameAs(first);
        assertThat(files.takeDead(new long[] {1000, 1000}, 2)).isNull();
    }

    @Test
    void theFileThatIsBeingWrittenIsNeverDead() {
        long[] all = {Long.MAX_VALUE, Long.MAX_VALUE};
        files.takeDead(all, 1);
        files.takeDead(all, 1);

        assertThat(files.takeDead(all, 1)).isNull();
        assertThat(files.newest()).isSameAs(third);
    }

    @Test
    void aRetiredFileIsFreeWhenItsLastReaderIsDone() {
        assertThat(files.acquire(0, 0)).isSameAs(first);
        assertThat(files.acquire(0, 0)).isSameAs(first);

        first.retire();

        assertThat(files.acquire(0, 0)).as("no reader is let in any more").isNull();
        assertThat(first.isFree()).isFalse();
        first.release();
        assertThat(first.isFree()).isFalse();
        first.release();
        assertThat(first.isFree()).isTrue();
    }

    @Test
    void anEmptyFrameIsNoPlaceToReadFrom() throws IOException {
        third.addFrame(0, 300, false, 7000, 0);

        assertThat(third.frames(0, 0).count()).isEqualTo(1);
        assertThat(third.endPosition(0)).isEqualTo(300);
    }
}

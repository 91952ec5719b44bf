package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.file.OutOfSpaceException;
import io.millrace.base.file.StorageFile;
import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedClock;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** When new messages are refused, and when they are taken again. */
class SpaceGuardTest {
    private static final long FILE = RecordedJournal.OPTIONS.fileBytes();
    private static final long UNSYNCED = 10_000;
    private static final long BYTES_MAX = 100 * FILE;
    private static final long PUBLISH_MAX = BYTES_MAX - 2 * FILE - UNSYNCED;
    private static final long FREE_MIN = 10 * FILE;
    private static final SpaceLimits BUDGET = new SpaceLimits(BYTES_MAX, 0, UNSYNCED);
    private static final SpaceLimits DISK = new SpaceLimits(Long.MAX_VALUE, FREE_MIN, 0);
    private static final Path FOLDER = Path.of("/data");

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
    private final WatchedFileSystem files = new WatchedFileSystem(disk);
    private final CountedFileSystem counted = new CountedFileSystem(files);
    private final SimulatedClock clock = new SimulatedClock();
    private StorageFile held;
    private int wakes;

    @BeforeEach
    void makeFolder() throws IOException {
        disk.createDirectories(FOLDER);
    }

    private SpaceGuard guard(SpaceLimits limits) {
        try {
            counted.recount(FOLDER);
            held = counted.create(FOLDER.resolve("journal"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new SpaceGuard(RecordedJournal.OPTIONS.with(limits), counted, FOLDER, clock, () -> wakes++);
    }

    /** The store has so many bytes more, fewer if negative. */
    private void add(long bytes) {
        try {
            long size = held.size() + bytes;
            if (bytes > 0) {
                held.write(ByteBuffer.allocate(1), size - 1);
            } else {
                held.truncate(size);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void write(String name, long bytes) throws IOException {
        try (StorageFile file = disk.create(FOLDER.resolve(name))) {
            file.write(ByteBuffer.allocate(1), bytes - 1);
        }
    }

    @Test
    void whatIsKeptForAcknowledgementsIsNotForMessages() {
        SpaceGuard guard = guard(BUDGET);

        add(PUBLISH_MAX);
        assertThat(guard.review()).isFalse();
        assertThat(guard.hasRoom()).isTrue();

        add(1);
        assertThat(guard.review()).isTrue();
        assertThat(guard.hasRoom()).isFalse();
        assertThat(guard.report().hasRoom()).isFalse();
        assertThat(guard.report().usedBytes()).isEqualTo(PUBLISH_MAX + 1);
        assertThat(wakes).isEqualTo(2);
    }

    @Test
    void aFullDirectoryTakesMessagesAgainHalfAFileBelow() {
        SpaceGuard guard = guard(BUDGET);
        add(PUBLISH_MAX + 1);
        guard.review();

        add(-FILE / 2);
        assertThat(guard.review()).isFalse();
        assertThat(guard.hasRoom()).isFalse();

        add(-1);
        assertThat(guard.review()).isTrue();
        assertThat(guard.hasRoom()).isTrue();
        assertThat(guard.report().refusal()).isEmpty();
    }

    @Test
    void aDiskWithLittleLeftTakesMessagesAgainAQuarterAbove() {
        disk.capacity(FREE_MIN);
        SpaceGuard guard = guard(DISK);
        assertThat(guard.hasRoom()).isTrue();

        disk.capacity(FREE_MIN - 1);
        assertThat(look(guard)).isFalse();

        disk.capacity(FREE_MIN + FREE_MIN / 4 - 1);
        assertThat(look(guard)).isFalse();
        disk.capacity(FREE_MIN + FREE_MIN / 4);
        assertThat(look(guard)).isTrue();
        disk.capacity(FREE_MIN);
        assertThat(look(guard)).isTrue();
    }

    private boolean look(SpaceGuard guard) {
        clock.advance(guard.nextReviewNanos());
        guard.review();
        return guard.hasRoom();
    }

    @Test
    void aStoreThatOpensWithoutRoomRefusesFromTheStart() throws IOException {
        write("a", PUBLISH_MAX);
        write("b", 1);

        assertThat(guard(BUDGET).hasRoom()).isFalse();
    }

    @Test
    void othersAreLookedAfterNowAndThenAndOftenWhileRefusing() throws IOException {
        SpaceGuard guard = guard(BUDGET);
        assertThat(guard.nextReviewNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(10));

        write("a", PUBLISH_MAX + 1);
        clock.advance(TimeUnit.SECONDS.toNanos(10) - 1);
        assertThat(guard.review()).isFalse();
        clock.advance(1);
        assertThat(guard.review()).as("a file that nobody told of").isTrue();
        assertThat(guard.nextReviewNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(1));

        disk.delete(FOLDER.resolve("a"));
        clock.advance(TimeUnit.SECONDS.toNanos(1));
        assertThat(guard.review()).isTrue();
        assertThat(guard.hasRoom()).isTrue();
        assertThat(guard.nextReviewNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(10));
    }

    /** A busy journal brings many changes; they must not put off the look at what others do. */
    @Test
    void changesDoNotPutOffTheLookAtOthers() throws IOException {
        SpaceGuard guard = guard(BUDGET);
        write("a", PUBLISH_MAX + 1);
        boolean refused = false;
        for (int second = 0; second < 10; second++) {
            clock.advance(TimeUnit.SECONDS.toNanos(1));
            add(FILE);
            add(-FILE);
            refused |= guard.review();
        }

        assertThat(refused).isTrue();
    }

    @Test
    void withoutLimitsNobodyLooks() {
        assertThat(guard(SpaceLimits.NONE).nextReviewNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aJournalThatWaitsForAFileRefusesAndTriesAgainWhenOneFits() {
        SpaceGuard guard = guard(SpaceLimits.NONE);
        assertThat(guard.mayPrepare()).isTrue();
        disk.capacity(FILE - 1);
        guard.journalWaits(true);

        assertThat(guard.review()).isTrue();
        assertThat(guard.hasRoom()).isFalse();
        assertThat(guard.mayPrepare()).isFalse();
        assertThat(guard.nextReviewNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(1));

        disk.capacity(2 * FILE);
        assertThat(look(guard)).as("nothing was prepared yet").isFalse();
        assertThat(guard.mayPrepare()).isTrue();

        guard.journalWaits(false);
        assertThat(guard.review()).isTrue();
        assertThat(guard.hasRoom()).isTrue();
    }

    /** The next journal file would not fit, nor what lets old ones go: it must not come to that. */
    @Test
    void withoutLimitsAJournalFileStaysFreeAllTheSame() throws IOException {
        disk.capacity(2 * FILE);
        SpaceGuard guard = guard(SpaceLimits.NONE);
        add(FILE);
        assertThat(guard.review()).isFalse();
        assertThat(guard.hasRoom()).isTrue();

        add(1);
        assertThat(guard.review()).isTrue();
        assertThat(guard.report().refusal())
                .isEqualTo("the disk has 63KiB free, a journal file has 64KiB; publishing resumes at 96KiB: consume or"
                        + " purge messages, or make room on the disk");
    }

    @Test
    void whatCannotBeMovedForLackOfSpaceRefusesUntilTheCheckpointIsStored() {
        SpaceGuard guard = guard(SpaceLimits.NONE);
        disk.capacity(FILE - 1);
        guard.movingFailed(3, new OutOfSpaceException("segment-3: No space left"));
        guard.movingFailed(4, new OutOfSpaceException("segment-4: No space left"));
        assertThat(wakes).isEqualTo(1);
        assertThat(guard.review()).isTrue();
        assertThat(guard.mayPrepare()).as("moving goes first").isFalse();
        assertThat(guard.report().refusal())
                .startsWith("what lives in old files cannot be moved out of them, so they stay: segment-3: No space"
                        + " left; it is tried again every second");

        guard.moved(3);
        assertThat(guard.review()).isFalse();
        guard.moved(4);
        assertThat(guard.review()).isFalse();
        assertThat(guard.report().refusal()).startsWith("the disk has 63KiB free");
        assertThat(guard.mayPrepare()).isTrue();
    }

    /** Whoever has failed may have nothing more to do. */
    @Test
    void aDiskThatHasRoomAgainForgivesWhatHasFailed() {
        SpaceGuard guard = guard(SpaceLimits.NONE);
        disk.capacity(FILE - 1);
        guard.movingFailed(3, new OutOfSpaceException("segment-3: No space left"));
        guard.review();

        disk.capacity(2 * FILE);
        assertThat(look(guard)).isTrue();
        assertThat(guard.mayPrepare()).isTrue();
    }

    @Test
    void whatCannotBeMovedForAnotherReasonRefusesOnceTheJournalIsBehind() {
        SpaceGuard guard = guard(SpaceLimits.NONE);
        guard.movingFailed(3, new IOException("segment-3: Input/output error"));
        assertThat(guard.review()).isFalse();
        guard.journalBehind(true);
        assertThat(guard.review()).isTrue();
        assertThat(guard.report().refusal()).contains("Input/output error");

        guard.journalBehind(false);
        assertThat(guard.review()).isTrue();
        guard.moved(3);
        guard.journalBehind(true);
        guard.review();
        assertThat(guard.hasRoom()).as("who is only behind catches up").isTrue();
    }

    @Test
    void theRefusalSaysWhichLimitAndHowFarAndWhatHelps() {
        SpaceGuard guard = guard(new SpaceLimits(BYTES_MAX, FREE_MIN, UNSYNCED));
        add(PUBLISH_MAX + 1);
        guard.review();
        assertThat(guard.report().refusal())
                .isEqualTo("the data directory has 6262KiB, storage.bytes-max is 6400KiB, of which 137KiB are kept for"
                        + " acknowledgements and for moving what lives; publishing resumes at 6230KiB: consume or purge"
                        + " messages, or raise storage.bytes-max");

        disk.capacity(PUBLISH_MAX + 1 + FILE / 2);
        look(guard);
        assertThat(guard.report().refusal())
                .isEqualTo("the disk has 32KiB free, storage.free-bytes-min is 640KiB; publishing resumes at 800KiB:"
                        + " consume or purge messages, or make room on the disk");

        guard.journalWaits(true);
        guard.review();
        assertThat(guard.report().refusal())
                .isEqualTo("the disk has no room for the next journal file, 64KiB, with 32KiB free; make room on it, or"
                        + " consume or purge messages while the journal file in use has room for that");
    }

    @Test
    void whatWasSeenLastCountsWhileNothingCanBeSeen() throws IOException {
        SpaceGuard guard = guard(new SpaceLimits(BYTES_MAX, FREE_MIN, UNSYNCED));
        write("a", PUBLISH_MAX + 1);
        files.failLooks = true;
        assertThat(look(guard)).isTrue();
        files.failLooks = false;
        assertThat(look(guard)).isFalse();
        files.failLooks = true;
        disk.delete(FOLDER.resolve("a"));
        assertThat(look(guard)).isFalse();
        files.failLooks = false;
        assertThat(look(guard)).isTrue();
    }

    /** Between a refusal and its end, and between an end and the next refusal, lies half a file at least. */
    @ParameterizedTest
    @SeedSource(runs = 200)
    void smallChangesDoNotTurnItBackAndForth(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SpaceGuard guard = guard(new SpaceLimits(BYTES_MAX, 0, UNSYNCED));
        long used = PUBLISH_MAX - FILE;
        add(used);
        guard.review();
        long turnedAt = Long.MIN_VALUE / 2;
        for (int i = 0; i < 2_000; i++) {
            long change = random.nextLong(-FILE / 8, FILE / 8 + 1);
            add(change);
            used += change;
            if (guard.review()) {
                assertThat(Math.abs(used - turnedAt)).as("step %d", i).isGreaterThanOrEqualTo(FILE / 2);
                turnedAt = used;
            }
            if (used > PUBLISH_MAX || used <= PUBLISH_MAX - FILE / 2) {
                assertThat(guard.hasRoom()).as("step %d", i).isEqualTo(used <= PUBLISH_MAX);
            }
        }
    }
}

package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.file.StorageFile;
import io.millrace.storage.SegmentStore;
import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.LeakCheck;
import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** A store counts what it has, holds its limits where messages are concerned, and never stops the journal for them. */
@LeakCheck
class StoreSpaceTest {
    private static final LocalStoreOptions PLAIN = RecordedJournal.OPTIONS;
    private static final long FILE = PLAIN.fileBytes();
    private static final long BYTES_MAX = 8 * FILE;
    private static final LocalStoreOptions BUDGET = PLAIN.with(new SpaceLimits(BYTES_MAX, 0, 0));
    private static final LocalStoreOptions FREE = PLAIN.with(new SpaceLimits(Long.MAX_VALUE, 4 * FILE, 0));

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
    private final SimulatedWorld world = new SimulatedWorld(new SplittableRandom(1));
    private StoreProcess process;

    @AfterEach
    void end() {
        if (process != null) {
            process.kill();
        }
    }

    private long bytesThere() throws IOException {
        long bytes = 0;
        for (Path file : disk.list(StoreProcess.DIRECTORY)) {
            bytes += disk.size(file);
        }
        return bytes;
    }

    private void fill() {
        while (process.store.hasSpace()) {
            process.sync(0, new byte[3000]);
        }
    }

    private void trimAll() {
        process.trim(0, process.log(0).syncedPosition());
        process.run();
    }

    @Test
    void theLeastBudgetIsOneThatCanBeWorkedWith() throws IOException {
        long least = SpaceLimits.bytesMaxLeast(0, FILE, 1, PLAIN.shards(), 0);
        assertThatThrownBy(() -> PLAIN.with(new SpaceLimits(least - 1, 0, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the least is " + least);

        process = StoreProcess.start(disk, PLAIN.with(new SpaceLimits(least, 0, 0)), world);
        for (int round = 0; round < 5; round++) {
            process.run();
            assertThat(process.store.hasSpace()).as("round %d", round).isTrue();
            fill();
            assertThat(process.store.space().usedBytes()).isLessThan(least);
            trimAll();
            world.clock().advance(TimeUnit.SECONDS.toNanos(1));
        }
    }

    @Test
    void atTheBudgetMessagesAreRefusedAndTheJournalGoesOn() throws IOException {
        process = StoreProcess.start(disk, BUDGET, world);
        process.run();
        fill();
        assertThat(process.owner(1).spaceTold).containsExactly(false);
        assertThat(process.log(1).hasSpace()).isFalse();
        assertThat(process.store.space().refusal()).contains("storage.bytes-max is 512KiB");
        assertThat(process.store.space().usedBytes()).isEqualTo(bytesThere()).isLessThanOrEqualTo(BYTES_MAX - FILE);

        // Nothing is trimmed: all that acknowledgements would append finds room, beyond the budget if need be.
        for (int i = 0; i < 200; i++) {
            process.sync(0, new byte[3000]);
            assertThat(process.log(0).unsyncedBytes()).isZero();
        }
        assertThat(process.store.space().usedBytes()).isEqualTo(bytesThere()).isGreaterThan(BYTES_MAX);
        assertThat(process.store.hasSpace()).isFalse();

        trimAll();
        assertThat(process.store.space().usedBytes()).isEqualTo(bytesThere());
        assertThat(process.owner(1).spaceTold).containsExactly(false, true);
        assertThat(process.log(1).hasSpace()).isTrue();
    }

    @Test
    void aStoreThatIsOpenedFullRefusesBeforeAnybodyAsks() throws IOException {
        process = StoreProcess.start(disk, BUDGET, world);
        process.run();
        fill();
        process.close();

        process = StoreProcess.open(disk, BUDGET);
        assertThat(process.log(0).hasSpace()).isFalse();
        assertThat(process.store.space().usedBytes()).isEqualTo(bytesThere());
    }

    @Test
    void whatAnOperatorRemovesIsSeen() throws IOException {
        disk.createDirectories(StoreProcess.DIRECTORY);
        Path old = StoreProcess.DIRECTORY.resolve("old-backup");
        try (StorageFile file = disk.create(old)) {
            file.write(ByteBuffer.allocate(1), BYTES_MAX);
        }
        process = StoreProcess.start(disk, BUDGET, world);
        process.run();
        assertThat(process.log(0).hasSpace()).isFalse();

        disk.delete(old);
        world.clock().advance(TimeUnit.SECONDS.toNanos(1));
        process.run();

        assertThat(process.log(0).hasSpace()).isTrue();
        assertThat(process.store.space().usedBytes()).isEqualTo(bytesThere());
    }

    @Test
    void aDiskThatOthersFillIsSeenAndLeavesRoomForAcknowledgements() throws IOException {
        process = StoreProcess.start(disk, FREE, world);
        process.run();
        disk.capacity(bytesThere() + 4 * FILE - 1);
        world.clock().advance(TimeUnit.SECONDS.toNanos(10));
        process.run();
        assertThat(process.owner(0).spaceTold).containsExactly(false);
        assertThat(process.store.space().usableBytes()).isEqualTo(4 * FILE - 1);

        long before = process.store.journalBytes();
        for (int i = 0; i < 50; i++) {
            process.sync(0, new byte[3000]);
            assertThat(process.log(0).unsyncedBytes()).isZero();
        }
        assertThat(process.store.journalBytes()).isGreaterThan(before + 2 * FILE);

        disk.capacity(bytesThere() + 5 * FILE);
        world.clock().advance(TimeUnit.SECONDS.toNanos(1));
        process.run();
        assertThat(process.owner(0).spaceTold).containsExactly(false, true);
    }

    @Test
    void nobodyLooksAfterTheSpaceOfAStoreThatHasFailed() throws IOException {
        process = StoreProcess.start(disk, BUDGET, world);
        process.run();
        disk.faults().fail(Kind.SYNC, 1);
        process.sync(0, new byte[3000]);
        assertThat(process.store.failure()).isNotNull();

        world.clock().advance(TimeUnit.SECONDS.toNanos(100));
        process.run();
        assertThat(world.advanceToNextTimer()).isFalse();
    }

    /** A segment that nobody has sealed yet takes space as well. */
    @Test
    void aSegmentCountsWhileItIsWrittenAndNotAfterItWasAbandoned() throws IOException {
        process = StoreProcess.start(disk, BUDGET, world);
        process.run();
        long before = process.store.space().usedBytes();
        HeldSegment segment = new HeldSegment();
        process.log(1).submit(segment);

        assertThat(world.runUntil(() -> !process.store.hasSpace(), 10_000)).isTrue();
        assertThat(process.store.space().usedBytes()).isEqualTo(bytesThere()).isGreaterThan(before + 5 * FILE);

        segment.released = true;
        process.run();
        assertThat(segment.failed).isTrue();
        assertThat(process.store.space().usedBytes()).isEqualTo(bytesThere()).isEqualTo(before);
        assertThat(process.store.hasSpace()).isTrue();
    }

    /** Writes more than the budget has room for, holds on to it, and fails in the end. */
    private static final class HeldSegment extends SteppedJob {
        private boolean released;
        private boolean failed;

        @Override
        int steps() {
            return Integer.MAX_VALUE;
        }

        @Override
        void work(SegmentStore store, int step) throws IOException {
            if (step == 0) {
                begin(store.create(1));
                output().write(ByteBuffer.allocateDirect((int) (5 * FILE + 1)));
            }
            if (released) {
                throw new IOException("enough");
            }
        }

        @Override
        public void onDone() {
            throw new AssertionError("it was never done");
        }

        @Override
        public void onFailed(IOException reason) {
            failed = true;
        }
    }

    /** What a checkpoint lets go is more than it takes; a file that nothing is in yet has the room. */
    @Test
    void onADiskWithNothingLeftAPreparedFileMakesRoomForAManifest() throws IOException {
        process = StoreProcess.start(disk, PLAIN, world);
        process.run();
        process.sync(0, new byte[3000]);
        long before = bytesThere();
        disk.capacity(before);

        trimAll();
        assertThat(process.store.space().refusal()).startsWith("what lives in old files cannot be moved");
        assertThat(bytesThere()).isEqualTo(before - FILE);
        trimAll();
        assertThat(disk.exists(StoreProcess.DIRECTORY.resolve("manifest-0000"))).isTrue();
        assertThat(process.store.space().refusal()).startsWith("the disk has ");

        disk.capacity(Long.MAX_VALUE);
        world.clock().advance(TimeUnit.SECONDS.toNanos(1));
        process.run();
        assertThat(process.store.hasSpace()).isTrue();
        assertThat(bytesThere()).as("the file is there again").isGreaterThan(before);
    }

    @Test
    void whileSpaceIsShortTheJournalIsToLetGoMoreThanItsSizeAsksFor() throws IOException {
        process = StoreProcess.start(
                disk, PLAIN.withJournalBytes(4 * FILE).with(new SpaceLimits(Long.MAX_VALUE, 4 * FILE, 0)), world);
        process.run();
        while (process.store.journalBytes() < 3 * FILE) {
            process.sync(0, new byte[3000]);
        }
        assertThat(process.owner(0).trimsWanted).isEmpty();

        disk.capacity(bytesThere() + 2 * FILE);
        world.clock().advance(TimeUnit.SECONDS.toNanos(10));
        process.run();
        assertThat(process.owner(0).trimsWanted).hasSize(1);
        trimAll();
        assertThat(process.store.journalBytes()).isEqualTo(FILE);
    }

    @Test
    void aJournalThatIsNotMovedFallsBehindAndCatchesUp() throws IOException {
        process = StoreProcess.start(disk, PLAIN.withJournalBytes(2 * FILE), world);
        process.run();
        while (!process.log(1).isBehind()) {
            process.sync(0, new byte[3000]);
        }
        assertThat(process.store.journalBytes())
                .as("twice its size, and the file that is one too many")
                .isEqualTo(5 * FILE);
        process.log(0).noteWaiting(700);
        assertThat(process.log(2).unsyncedBytes()).isEqualTo(700);
        process.log(0).noteWaiting(-700);
        assertThat(process.store.hasSpace()).as("it is slow, not stuck").isTrue();
        assertThat(process.store.space().isBehind()).isTrue();

        process.sync(0, new byte[3000]);
        assertThat(process.log(0).unsyncedBytes())
                .as("what does not wait goes on")
                .isZero();
        trimAll();
        assertThat(process.log(0).isBehind()).isFalse();
        assertThat(process.log(1).isBehind()).isFalse();
        assertThat(process.store.space().isBehind()).isFalse();
    }

    /** Whatever comes and goes, the count is what a listing says. */
    @ParameterizedTest
    @SeedSource(runs = 20)
    void theCountIsWhatTheListingSays(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        LocalStoreOptions options = random.nextBoolean() ? BUDGET : FREE;
        process = StoreProcess.start(disk, options, new SimulatedWorld(random));
        for (int i = 0; i < 100; i++) {
            process.sync(random.nextInt(3), new byte[random.nextInt(9000)]);
            if (random.nextInt(8) == 0) {
                for (int shard = 0; shard < 3; shard++) {
                    process.trim(shard, process.log(shard).syncedPosition());
                }
            }
            if (random.nextInt(20) == 0) {
                process.world.clock().advance(TimeUnit.SECONDS.toNanos(random.nextInt(12)));
            }
            process.run();
            assertThat(process.store.space().usedBytes()).as("step %d", i).isEqualTo(bytesThere());
        }
    }
}

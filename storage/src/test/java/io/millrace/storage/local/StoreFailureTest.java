package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.AgentHost;
import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.ShardLog;
import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.LeakCheck;
import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import java.io.IOException;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A journal whose disk fails ends, says so once to everybody, and confirms nothing any more. */
@LeakCheck
class StoreFailureTest {
    private static final long MANIFEST_BYTES_MAX = 100;
    private static final LocalStoreOptions OPTIONS = RecordedJournal.OPTIONS;
    private static final long FILE_BYTES = OPTIONS.fileBytes();

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
    private final SimulatedWorld world = new SimulatedWorld(new SplittableRandom(1));
    private StoreProcess process;

    @AfterEach
    void end() {
        if (process != null) {
            process.kill();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"WRITE", "SYNC", "CREATE", "SYNC_DIRECTORY"})
    void aFailureIsToldOnceToEveryShardAndNothingIsSyncedAfterIt(Kind kind) throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        process.sync(0, new byte[100]);
        disk.faults().fail(kind, 1);
        appendUntilFailed();

        for (ShardOwner owner : process.owners) {
            assertThat(owner.failures).hasSize(1);
        }
        long synced = process.owner(0).synced();
        process.sync(0, new byte[100]);
        process.run();
        assertThat(process.owner(0).synced()).isEqualTo(synced);
        assertThat(process.log(0).unsyncedBytes()).isPositive();
        assertThat(process.store.failure()).isSameAs(process.owner(1).failures.get(0));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RENAME", "DELETE"})
    void aFailureToTakeADeadFileAwayEndsTheJournalToo(Kind kind) throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        process.run();
        disk.faults().failAtRandom(Kind.RENAME, kind == Kind.RENAME ? 1 : 0);
        disk.faults().failAtRandom(Kind.DELETE, kind == Kind.DELETE ? 1 : 0);
        for (int i = 0; i < 300 && process.store.failure() == null; i++) {
            process.append(0, new byte[3000]);
            process.log(0).flush();
            for (int steps = i % 7; steps > 0; steps--) {
                world.step();
            }
            // Several files at once: the first are used again, the others are deleted.
            if (i % 80 == 79) {
                process.trim(0, process.log(0).syncedPosition());
            }
        }
        process.run();

        assertThat(process.store.failure()).isNotNull();
        assertThat(process.owner(2).failures).hasSize(1);
    }

    private void appendUntilFailed() {
        for (int i = 0; i < 200 && process.store.failure() == null; i++) {
            process.sync(0, new byte[3000]);
        }
        assertThat(process.store.failure()).isNotNull();
    }

    /** The sync was under way when the write behind it failed: it tells the truth, but too late. */
    @Test
    void nothingIsToldAfterTheFailureAlsoWhereASyncSucceeds() throws IOException {
        ManualAgents agents = new ManualAgents();
        process = StoreProcess.start(disk, OPTIONS, world, agents);
        disk.faults().fail(Kind.WRITE, 2);
        for (int i = 0; i < 2; i++) {
            process.append(0, new byte[100]);
            process.log(0).flush();
            agents.work("writer");
        }
        world.runUntilIdle(100);
        assertThat(process.owner(0).failures).hasSize(1);

        process.store.log(0).publishSynced(process.log(0).appendedPosition());
        process.store.post(process.store.log(0));
        world.runUntilIdle(100);

        assertThat(process.owner(0).syncedTold).isEmpty();
        assertThat(process.log(0).syncedPosition()).isZero();
    }

    @Test
    void anAgentThatBreaksEndsTheJournal() throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        process.run();
        disk.onOperation(operation -> {
            if (operation.kind() == Kind.WRITE) {
                throw new IllegalStateException("broken");
            }
        });
        process.append(1, new byte[10]);
        process.log(1).flush();
        try {
            process.run();
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("broken");
        }
        process.run();

        assertThat(process.owner(0).failures).singleElement().satisfies(failure -> assertThat(failure)
                .hasMessageContaining("broken")
                .hasRootCauseInstanceOf(IllegalStateException.class));
    }

    @Test
    void aStoreThatHasFailedIsClosedWithoutWaiting() throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        disk.faults().fail(Kind.SYNC, 2);
        appendUntilFailed();

        process.store.beginClose();
        assertThat(process.store.isDrained()).isTrue();
        process.store.close(Long.MAX_VALUE);
    }

    @Test
    void whatWasFlushedBeforeTheCloseIsSynced() throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        for (int i = 0; i < 50; i++) {
            process.append(i % 3, new byte[3000]);
        }
        process.logs.forEach(ShardLog::flush);
        process.close();

        process = StoreProcess.open(disk, OPTIONS);
        assertThat(process.owners).extracting(owner -> owner.replayed.size()).containsExactly(17, 17, 16);
        assertThat(process.store.report().copiedGroups())
                .as("only the closing group is not vouched for")
                .isEqualTo(1);
    }

    @ParameterizedTest
    @SeedSource(runs = 20)
    void aCloseInTheMiddleOfWorkLosesNothingThatWasReported(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        process = StoreProcess.start(disk, OPTIONS, new SimulatedWorld(random));
        for (int i = 0; i < 50; i++) {
            process.append(i % 3, new byte[random.nextInt(6000)]);
            process.log(i % 3).flush();
            process.world.step();
        }
        process.store.close(0);
        long[] synced =
                process.logs.stream().mapToLong(ShardLog::syncedPosition).toArray();

        process = StoreProcess.open(disk, OPTIONS);
        for (int shard = 0; shard < 3; shard++) {
            assertThat(process.log(shard).appendedPosition()).isGreaterThanOrEqualTo(synced[shard]);
            assertThat(process.owner(shard).lost).isEmpty();
        }
    }

    @Test
    void aStoreThatWasNeverStartedIsClosed() throws IOException {
        WatchedFileSystem files = new WatchedFileSystem(disk);
        process = StoreProcess.open(files, OPTIONS);
        process.store.close(Long.MAX_VALUE);

        assertThat(files.open()).isEmpty();
    }

    @Test
    void aLoopThatHasEndedDoesNotStopTheJournal() throws IOException {
        Loop ended = new Loop() {
            @Override
            public void execute(Runnable task) {
                throw new RejectedExecutionException("the loop has ended");
            }

            @Override
            public Timer schedule(Runnable task, long delayNanos) {
                throw new RejectedExecutionException("the loop has ended");
            }

            @Override
            public boolean isCurrent() {
                return true;
            }
        };
        LocalStore store = LocalStore.open(
                StoreProcess.DIRECTORY,
                disk,
                Clock.SYSTEM,
                new Random(1),
                OPTIONS.withShards(1),
                shard -> new ShardOwner());
        ShardLog log = store.attach(0, ended, new ShardOwner());
        store.start(AgentHost.THREADS);
        log.reserve(3).writeMedium(1);
        long position = log.commit();
        log.flush();
        ReadBatch unheard = new ReadBatch() {
            @Override
            public void onComplete() {
                throw new AssertionError("nobody is there");
            }
        };
        unheard.add(position, 3);
        log.read(unheard);

        store.close(Long.MAX_VALUE);

        assertThat(store.failure()).isNull();
        process = StoreProcess.open(disk, OPTIONS);
        assertThat(process.owner(0).replayed).hasSize(1);
    }

    @Test
    void aFullDiskIsToldAndWhatFitsIsStillSynced() throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        process.run();
        long used = Long.MAX_VALUE - disk.usableBytes(StoreProcess.DIRECTORY);
        disk.capacity(used);
        assertThat(process.store.hasSpace())
                .as("the next file is there already")
                .isTrue();
        while (process.store.hasSpace()) {
            process.sync(0, new byte[3000]);
        }
        assertThat(process.owner(0).spaceTold).containsExactly(false);
        assertThat(process.log(1).hasSpace()).isFalse();
        assertThat(process.store.failure()).isNull();

        while (process.log(0).unsyncedBytes() == 0) {
            process.sync(0, new byte[3000]);
        }
        assertThat(process.store.journalBytes())
                .as("the file that was there was filled")
                .isEqualTo(2 * FILE_BYTES);

        disk.capacity(used + 3 * FILE_BYTES);
        world.clock().advance(1_000_000_000);
        process.run();

        assertThat(process.owner(0).spaceTold).containsExactly(false, true);
        assertThat(process.log(0).unsyncedBytes()).isZero();
        assertThat(process.store.hasSpace()).isTrue();
    }

    @Test
    void aDeadFileMakesSpaceOnAFullDisk() throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        process.run();
        fillDiskButFor(MANIFEST_BYTES_MAX);
        while (process.log(0).unsyncedBytes() == 0) {
            process.sync(0, new byte[3000]);
        }
        assertThat(process.store.hasSpace()).isFalse();

        process.trim(0, process.owner(0).trimsWanted.get(0));
        process.run();

        assertThat(process.log(0).unsyncedBytes()).isZero();
        // The file that came free is in use again at once, and the next one does not fit: the owner may have missed it.
        assertThat(process.log(0).hasSpace()).isEqualTo(process.store.hasSpace());
        assertThat(disk.exists(RecordedJournal.path(1))).isFalse();
    }

    /** The half-written file must not keep the little space that is left. */
    @Test
    void aFileThatDidNotFitIsRemoved() throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        process.run();
        disk.capacity(Long.MAX_VALUE - disk.usableBytes(StoreProcess.DIRECTORY) + FILE_BYTES / 2);
        while (process.store.hasSpace()) {
            process.sync(0, new byte[3000]);
        }

        assertThat(disk.usableBytes(StoreProcess.DIRECTORY)).isEqualTo(FILE_BYTES / 2);
        assertThat(disk.exists(RecordedJournal.path(3))).isFalse();
    }

    @Test
    void aRecycledFileHoldsNothingOfWhatItHeldBefore() throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        process.run();
        fillDiskButFor(OPTIONS.shards() * MANIFEST_BYTES_MAX);
        for (int i = 0; i < 200; i++) {
            process.sync(0, new byte[3000]);
            process.trim(0, process.log(0).syncedPosition());
            process.run();
        }
        long position = process.sync(0, new byte[] {1, 2, 3});
        assertThat(disk.list(StoreProcess.DIRECTORY))
                .filteredOn(path -> path.toString().endsWith(".log"))
                .as("two files in turn")
                .hasSize(2)
                .allMatch(path -> path.compareTo(RecordedJournal.path(10)) > 0);
        process.kill();
        disk.kill();
        disk.restart();

        process = StoreProcess.open(DirectoryImage.of(disk).disk(), OPTIONS);
        assertThat(process.store.report().damages()).isEmpty();
        int last = process.owner(0).replayed.size() - 1;
        assertThat(process.owner(0).replayed.get(last).position()).isEqualTo(position);
        assertThat(process.owner(0).records().get(last)).containsExactly(1, 2, 3);
        assertThat(process.owner(0).replayed).hasSizeLessThan(20);
    }

    /** A checkpoint writes the new manifest before it removes the old one. */
    private void fillDiskButFor(long bytes) throws IOException {
        disk.capacity(Long.MAX_VALUE - disk.usableBytes(StoreProcess.DIRECTORY) + bytes);
    }
}

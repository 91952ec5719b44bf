package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.Checkpoint;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.Extent;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.ShardLog;
import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the local log does beyond the contract, step by step. */
class LocalShardLogTest {
    private static final LocalStoreOptions OPTIONS = RecordedJournal.OPTIONS;

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
    private final SimulatedWorld world = new SimulatedWorld(new SplittableRandom(1));
    private final ManualAgents agents = new ManualAgents();
    private StoreProcess process;

    @AfterEach
    void end() {
        if (process != null) {
            process.kill();
        }
    }

    private void startByHand(LocalStoreOptions options) throws IOException {
        process = StoreProcess.start(disk, options, world, agents);
        agents.work("files");
    }

    @Test
    void aRecordThatWasSplitIsReportedWhenItsLastPartIsSynced() throws IOException {
        startByHand(OPTIONS);
        process.append(0, new byte[10]);
        long end = process.log(0).appendedPosition();
        process.append(0, new byte[100_000]);
        process.log(0).flush();

        writeAndSync();
        assertThat(process.owner(0).syncedTold).containsExactly(end);
        while (process.log(0).unsyncedBytes() > 0) {
            assertThat(process.owner(0).synced()).isEqualTo(end);
            agents.work("files");
            writeAndSync();
        }
        assertThat(process.owner(0).syncedTold)
                .containsExactly(end, process.log(0).appendedPosition());
    }

    @Test
    void whatWaitsInAllShardsIsOneGroupAndOneSync() throws IOException {
        startByHand(OPTIONS);
        for (int shard = 0; shard < 3; shard++) {
            process.append(shard, new byte[100]);
            process.append(shard, new byte[100]);
            process.log(shard).flush();
        }

        writeAndSync();

        assertThat(process.store.counters().groups()).isEqualTo(1);
        assertThat(process.store.counters().syncs()).isEqualTo(1);
        for (int shard = 0; shard < 3; shard++) {
            assertThat(process.owner(shard).syncedTold)
                    .containsExactly(process.log(shard).appendedPosition());
        }
    }

    @Test
    void anOwnerThatThrowsLeavesTheOthersOfItsLoopInformed() throws IOException {
        startByHand(OPTIONS);
        for (int shard : new int[] {0, 2}) {
            process.append(shard, new byte[100]);
            process.log(shard).flush();
        }
        process.owner(0).onSyncedTold = position -> {
            throw new IllegalStateException("a fault of the owner");
        };

        assertThatThrownBy(this::writeAndSync).hasMessage("a fault of the owner");

        assertThat(process.owner(2).syncedTold).containsExactly(process.log(2).appendedPosition());
    }

    @Test
    void whatEveryLogHasFlushedCountsAsUnsynced() throws IOException {
        startByHand(OPTIONS);
        for (int shard = 0; shard < 3; shard++) {
            process.append(shard, new byte[100]);
        }
        long recordBytes = process.log(0).appendedPosition() - process.log(0).syncedPosition();
        assertThat(process.log(0).unsyncedBytes()).isEqualTo(recordBytes);

        process.log(1).flush();
        process.log(2).flush();
        assertThat(process.log(0).unsyncedBytes()).isEqualTo(3 * recordBytes);

        writeAndSync();
        assertThat(process.log(0).unsyncedBytes()).isEqualTo(recordBytes);
    }

    @Test
    void whoAsksIsToldWhatIsWrittenBeforeItIsSynced() throws IOException {
        startByHand(OPTIONS);
        List<Long> told = new ArrayList<>();
        process.log(0).whenWritten(told::add);
        for (int shard = 0; shard < 2; shard++) {
            process.append(shard, new byte[100]);
            process.log(shard).flush();
        }
        long end = process.log(0).appendedPosition();

        agents.work("writer");
        process.run();

        assertThat(told).containsExactly(end);
        assertThat(process.owner(0).syncedTold).isEmpty();
        agents.work("syncer");
        process.run();
        assertThat(told).containsExactly(end);
        assertThat(process.owner(0).syncedTold).containsExactly(end);
    }

    /** The system may have given up what it could not write. */
    @Test
    void whatIsWrittenIsNotToldAfterASyncHasFailed() throws IOException {
        startByHand(OPTIONS);
        List<Long> told = new ArrayList<>();
        process.log(0).whenWritten(told::add);
        process.append(0, new byte[100]);
        process.log(0).flush();
        disk.faults().fail(Kind.SYNC, 1);

        agents.work("writer");
        agents.work("syncer");
        process.run();

        assertThat(told).isEmpty();
        assertThat(process.owner(0).failures).hasSize(1);
    }

    /** What a start would cut off is not safe with the system. */
    @Test
    void aRecordThatWasSplitIsWrittenWhenItsLastPartIs() throws IOException {
        startByHand(OPTIONS);
        List<Long> told = new ArrayList<>();
        process.log(0).whenWritten(told::add);
        process.append(0, new byte[10]);
        long end = process.log(0).appendedPosition();
        process.append(0, new byte[100_000]);
        process.log(0).flush();

        agents.work("writer");
        process.run();

        assertThat(told).containsExactly(end);
        while (process.log(0).unsyncedBytes() > 0) {
            agents.work("files");
            writeAndSync();
        }
        assertThat(told).containsExactly(end, process.log(0).appendedPosition());
    }

    @Test
    void oneSyncCoversAllGroupsThatWereWrittenBeforeIt() throws IOException {
        startByHand(OPTIONS);
        for (int i = 0; i < 2; i++) {
            process.append(i, new byte[100]);
            process.log(i).flush();
            agents.work("writer");
        }

        agents.work("syncer");

        assertThat(process.store.counters().groups()).isEqualTo(2);
        assertThat(process.store.counters().syncs()).isEqualTo(1);
    }

    @Test
    void theWriterStaysAsManyGroupsAheadAsItMay() throws IOException {
        startByHand(OPTIONS);
        boolean[] wrote = new boolean[4];
        for (int i = 0; i < wrote.length; i++) {
            process.append(0, new byte[100]);
            process.log(0).flush();
            wrote[i] = agents.work("writer");
        }
        assertThat(wrote).containsExactly(true, true, false, false);

        agents.work("syncer");

        assertThat(agents.work("writer")).as("what waited is one group").isTrue();
        agents.work("syncer");
        world.runUntilIdle(100);
        assertThat(process.log(0).unsyncedBytes()).isZero();
        assertThat(process.store.counters().groups()).isEqualTo(3);
    }

    @Test
    void aGroupIsWrittenToTheNextFileWhereTheRestOfTheFileIsTooShort() throws Exception {
        startByHand(OPTIONS);
        List<Long> positions = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            positions.add(process.append(i % 3, new byte[3000]));
            process.log(i % 3).flush();
            agents.work("files");
            writeAndSync();
        }

        // One block each: 14 behind recovery's own group in the first file, 15 in each that follows.
        assertThat(process.store.journalBytes()).isEqualTo(5 * OPTIONS.fileBytes());
        process.kill();
        process = StoreProcess.start(disk, OPTIONS);
        for (int i = 0; i < 60; i++) {
            assertThat(process.readCold(i % 3, positions.get(i), 3000)).isEqualTo(new byte[3000]);
        }
    }

    @Test
    void theTailCacheKeepsToItsSizeAndTheRestIsReadFromDisk() throws Exception {
        process = StoreProcess.start(disk, OPTIONS.withSizes(64 << 10, 48 << 10, 4096));
        List<Long> positions = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            byte[] record = new byte[1000];
            record[0] = (byte) i;
            positions.add(process.sync(0, record));
        }

        int inMemory = 0;
        for (int i = 0; i < 40; i++) {
            ByteBuf tail = process.log(0).readTail(positions.get(i), 1000);
            if (tail != null) {
                inMemory++;
                assertThat(tail.getByte(tail.readerIndex())).isEqualTo((byte) i);
                tail.release();
            }
            assertThat(process.readCold(0, positions.get(i), 1000)[0]).isEqualTo((byte) i);
        }
        assertThat(inMemory).isBetween(8, 16);
    }

    @Test
    void recordsThatLieBackToBackAreReadTogether() throws Exception {
        WatchedFileSystem watched = new WatchedFileSystem(disk);
        process = StoreProcess.start(watched, OPTIONS);
        Map<Long, byte[]> records = new TreeMap<>();
        for (int i = 0; i < 30; i++) {
            byte[] record = new byte[100 + i];
            record[0] = (byte) i;
            records.put(process.append(0, record), record);
        }
        process.log(0).flush();
        process.run();
        int[] reads = new int[1];
        watched.beforeRead = () -> reads[0]++;

        assertThat(process.readAll(0, records)).containsExactlyElementsOf(records.values());
        assertThat(reads[0]).as("30 records of one frame").isEqualTo(1);
    }

    @Test
    void partsOfALargeReadArePassedOnBeforeTheLastIsThere() throws Exception {
        process = StoreProcess.start(disk, OPTIONS.withSizes(16 << 20, 0, 1 << 20));
        byte[] record = new byte[300 << 10];
        List<Integer> ends = new ArrayList<>();
        ReadBatch batch = new ReadBatch() {
            @Override
            public void onPart(int end) {
                ends.add(end);
                ByteBuf last = take(end - 1);
                assertThat(last).as("what was given by then").isNotNull();
                last.release();
            }

            @Override
            public void onComplete() {
                ends.add(count());
            }
        };
        for (int i = 0; i < 5; i++) {
            batch.add(process.append(0, record), record.length);
        }
        process.log(0).flush();
        process.run();

        process.log(0).read(batch);
        process.run();

        assertThat(ends).containsExactly(2, 4, 5);
        batch.releaseAll();
    }

    @Test
    void aRecordThatCannotBeReadCostsNoneBesideIt() throws Exception {
        process = StoreProcess.start(disk, OPTIONS);
        long position = process.sync(0, new byte[] {1, 2, 3});
        Map<Long, byte[]> records = new TreeMap<>();
        records.put(position, new byte[3]);
        records.put(position + 3 + ShardLog.LENGTH_BYTES, new byte[5]);

        List<byte[]> read = process.readAll(0, records);
        assertThat(read.get(0)).containsExactly(1, 2, 3);
        assertThat(read.get(1)).isNull();
    }

    /** Recovery knows nothing of where a shard stands but what the files say, and the newest may not be on disk. */
    @Test
    void aFileGoesOnlyWhenTheNextOneSaysOnDiskWhereTheShardsStand() throws IOException {
        startByHand(OPTIONS);
        for (int i = 0; i < 14; i++) {
            process.append(0, new byte[3000]);
            process.log(0).flush();
            writeAndSync();
        }
        long end = process.log(0).appendedPosition();
        trimByHand(0, end);
        process.append(0, new byte[3000]);
        process.log(0).flush();
        agents.work("writer");
        assertThat(process.store.journalBytes()).as("a new file was begun").isEqualTo(2 * OPTIONS.fileBytes());
        agents.work("writer");
        agents.work("files");
        assertThat(disk.exists(RecordedJournal.path(1))).isTrue();

        agents.work("syncer");
        agents.work("writer");
        agents.work("files");

        assertThat(disk.exists(RecordedJournal.path(1))).isFalse();
        process.kill();
        process = StoreProcess.start(disk, OPTIONS);
        assertThat(process.log(0).appendedPosition()).isGreaterThan(end);
    }

    /** The last reader lets it go; before that the next messages must not be written over what it reads. */
    @Test
    void aFileIsNotRecycledWhileSomebodyReadsIt() throws Exception {
        WatchedFileSystem watched = new WatchedFileSystem(disk);
        process = StoreProcess.start(watched, OPTIONS, world, agents);
        agents.work("files");
        for (int i = 0; i < 20; i++) {
            process.append(0, new byte[3000]);
            process.log(0).flush();
            writeAndSync();
            agents.work("files");
        }
        trimByHand(0, process.log(0).syncedPosition());
        List<Boolean> kept = new ArrayList<>();
        watched.beforeRead = () -> {
            watched.beforeRead = () -> {};
            writeAndSync();
            agents.work("files");
            kept.add(disk.exists(RecordedJournal.path(1)));
            agents.forgetRaised();
        };

        ReadBatch batch = new ReadBatch() {
            @Override
            public void onComplete() {}
        };
        batch.add(0, 3000);
        process.log(0).read(batch);
        agents.forgetRaised();
        agents.work("reader");
        assertThat(agents.raised())
                .as("the keeper is told when the file is free")
                .contains("files");
        agents.work("files");

        assertThat(kept).containsExactly(true);
        assertThat(disk.exists(RecordedJournal.path(1))).isFalse();
        ByteBuf record = batch.take(0);
        assertThat(ByteBufUtil.getBytes(record)).isEqualTo(new byte[3000]);
        record.release();
    }

    /** A start that found the second gone and the first still there would take it for damage. */
    @Test
    void filesLeaveInTheirOrderWhateverBecomesOfThem() throws Exception {
        WatchedFileSystem watched = new WatchedFileSystem(disk);
        process = StoreProcess.start(watched, OPTIONS, world, agents);
        for (int i = 0; i < 50; i++) {
            agents.work("files");
            process.append(0, new byte[3000]);
            process.log(0).flush();
            writeAndSync();
        }
        Path adopted = JournalFile.adoptedPath(StoreProcess.DIRECTORY, 2);
        watched.beforeRead = () -> {
            watched.beforeRead = () -> {};
            long first = process.owner(0).trimsWanted.get(0);
            checkpointByHand(first, List.of());
            long second = process.owner(0).trimsWanted.get(1);
            checkpointByHand(second, List.of(new Extent(first, second, 1)));
            for (int i = 0; i < 5; i++) {
                agents.work("files");
            }
            assertThat(disk.exists(RecordedJournal.path(1))).isTrue();
            assertThat(disk.exists(adopted)).isFalse();
        };
        ReadBatch batch = new ReadBatch() {
            @Override
            public void onComplete() {}
        };
        batch.add(0, 3000);
        process.log(0).read(batch);
        agents.work("reader");
        batch.take(0).release();

        while (agents.work("files")) {}

        assertThat(disk.exists(RecordedJournal.path(1))).isFalse();
        assertThat(disk.exists(adopted)).isTrue();
    }

    private void checkpointByHand(long replayFrom, List<Extent> adopted) {
        process.log(0).checkpoint(new Checkpoint(replayFrom, adopted, new byte[0]) {
            @Override
            public void onStored() {}

            @Override
            public void onFailed(IOException reason) {
                throw new AssertionError(reason);
            }
        });
        agents.work("segments");
        agents.work("writer");
        world.runUntilIdle(100);
    }

    /** A file that ends inside a record cannot be adopted. */
    @Test
    void aRecordIsNotSplitOverFilesUnlessItIsLarge() throws IOException {
        process = StoreProcess.start(disk, OPTIONS);
        int records = 60;
        for (int i = 0; i < records; i++) {
            process.sync(0, new byte[(int) OPTIONS.fileBytes() / 8 - 600]);
        }
        DirectoryImage image = DirectoryImage.of(disk);
        List<Long> files = RecordedJournal.filesInUse(image);
        int frames = 0;
        for (long each : files) {
            frames += RecordedJournal.groups(image, each).stream()
                    .mapToInt(ScannedGroup::frames)
                    .sum();
        }
        assertThat(files).hasSizeGreaterThan(5);
        assertThat(frames)
                .as("one each, and where every shard stands")
                .isEqualTo(records + files.size() * OPTIONS.shards());
    }

    @Test
    void aRecordThatWasTrimmedIsReportedAsNotThere() throws Exception {
        process = StoreProcess.start(disk, OPTIONS);
        long first = process.sync(0, new byte[3000]);
        for (int i = 0; i < 40; i++) {
            process.sync(0, new byte[3000]);
        }
        process.trim(0, process.log(0).syncedPosition());
        process.run();

        assertThatThrownBy(() -> process.readCold(0, first, 3000)).isInstanceOf(CorruptEntryException.class);
    }

    @Test
    void aReadThatMakesNoSenseFailsAloneAndTheNextOneWorks() throws Exception {
        process = StoreProcess.start(disk, OPTIONS);
        long position = process.sync(1, new byte[] {1, 2, 3});

        assertThatThrownBy(() -> process.readCold(1, position, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> process.readCold(1, 1L << 40, 10)).isInstanceOf(CorruptEntryException.class);
        assertThatThrownBy(() -> process.readCold(1, position, 1 << 20)).isInstanceOf(CorruptEntryException.class);
        assertThatThrownBy(() -> process.readCold(0, position, 10)).isInstanceOf(CorruptEntryException.class);
        assertThat(process.readCold(1, position, 3)).containsExactly(1, 2, 3);
        assertThat(process.store.failure()).isNull();
    }

    @Test
    void ownersAreAskedToLetGoOfTheOldestFileWhenANewOneIsBegun() throws IOException {
        process = StoreProcess.start(disk, OPTIONS);
        List<Long> ends = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            process.sync(2, new byte[3000]);
            ends.add(process.log(2).appendedPosition());
        }

        assertThat(process.owner(2).trimsWanted).hasSize(1).allMatch(ends::contains);
        process.trim(2, process.owner(2).trimsWanted.get(0));
        process.run();
        assertThat(process.owner(2).trimsWanted).hasSize(2).isSorted();
        assertThat(disk.exists(RecordedJournal.path(1))).isFalse();
    }

    /** On a disk that is full no new file is begun: the owners must hear of it before. */
    @Test
    void ownersAreAskedToLetGoOfTheOldestFileAtTheStart() throws IOException {
        RecordedJournal journal = new RecordedJournal(1).roundsInTurn(40, 3000).restart();
        process = journal.process();

        for (int shard = 0; shard < 3; shard++) {
            assertThat(process.owner(shard).trimsWanted).hasSize(1);
            process.trim(shard, process.log(shard).syncedPosition());
        }
        process.run();
        assertThat(process.store.journalBytes()).isEqualTo(OPTIONS.fileBytes());
    }

    @Test
    void aShardIsAttachedOnceAndAllBeforeTheStart() throws IOException {
        process = StoreProcess.open(disk, OPTIONS);
        assertThatThrownBy(() -> process.store.attach(0, world.loop("c"), new ShardOwner()))
                .isInstanceOf(IllegalStateException.class);
        LocalStore other = LocalStore.open(
                StoreProcess.DIRECTORY.resolve("other"),
                disk,
                world.clock(),
                new Random(1),
                OPTIONS,
                shard -> new ShardOwner());
        assertThatThrownBy(() -> other.start(agents)).isInstanceOf(IllegalStateException.class);
        other.close(0);
    }

    private void trimByHand(int shard, long position) {
        process.trim(shard, position);
        agents.work("segments");
        world.runUntilIdle(100);
    }

    private void writeAndSync() {
        agents.work("writer");
        agents.work("syncer");
        world.runUntilIdle(100);
    }
}

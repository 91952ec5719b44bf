package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryRegions;
import io.millrace.storage.Extent;
import io.millrace.storage.HeldRegions;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.StoredRegion;
import io.millrace.testkit.LeakCheck;
import io.millrace.testkit.SimulatedWorld;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What reads of old records do to others: to the tail, to the page cache, to the files of the journal. */
@LeakCheck
class ColdReadTest {
    private static final int FILES_MAX = 12;
    private static final long SLOW_READ_NANOS = 5_000_000;

    @Test
    void longReadsOfAdoptedFilesAreAdvisedAndThoseOfTheJournalAreNot() throws Exception {
        AdoptedJournal journal = new AdoptedJournal().fill(4);
        WatchedFileSystem watched = new WatchedFileSystem(journal.closed().disk());
        SimulatedWorld world = new SimulatedWorld(new SplittableRandom(7));
        StoreProcess process = StoreProcess.start(watched, AdoptedJournal.OPTIONS, world);
        watched.advised.clear();
        watched.beforeRead = () -> world.clock().advance(SLOW_READ_NANOS);

        for (Map.Entry<Long, byte[]> each :
                journal.entries.get(0).tailMap(journal.replayFrom(0)).entrySet()) {
            assertThat(process.readCold(0, each.getKey(), each.getValue().length))
                    .isEqualTo(each.getValue());
        }
        assertThat(watched.advised).as("the journal").isEmpty();

        for (Map.Entry<Long, byte[]> each : journal.adoptedEntries(0).entrySet()) {
            assertThat(process.readCold(0, each.getKey(), each.getValue().length))
                    .isEqualTo(each.getValue());
        }
        assertThat(watched.advised)
                .isNotEmpty()
                .allMatch(path -> path.getFileName().toString().startsWith("adopted-"));
        process.close();
    }

    @Test
    void whatIsReadDoesNotEnterTheTail() throws Exception {
        AdoptedJournal journal = new AdoptedJournal().fill(2);
        StoreProcess process = StoreProcess.start(
                journal.closed().disk(),
                AdoptedJournal.OPTIONS.withSizes(8L * JournalFormat.BLOCK_BYTES, 1 << 20, JournalFormat.BLOCK_BYTES));
        long recent = process.sync(0, new byte[100]);
        Map.Entry<Long, byte[]> old =
                journal.adoptedEntries(0).entrySet().iterator().next();

        for (int i = 0; i < 100; i++) {
            assertThat(process.readCold(0, old.getKey(), old.getValue().length)).isEqualTo(old.getValue());
        }

        assertThat(process.log(0).readTail(old.getKey(), old.getValue().length) == null)
                .isTrue();
        ByteBuf tail = process.log(0).readTail(recent, 100);
        assertThat(tail != null).as("what was written last is there still").isTrue();
        tail.release();
        process.close();
    }

    /** One client that takes its time keeps one file, not the journal. */
    @Test
    void aRegionOfAnAdoptedFileHoldsUpNoOtherFile() throws Exception {
        AdoptedJournal journal = new AdoptedJournal().fill(3);
        StoreProcess process = journal.process;
        StoredRegion region = region(process, journal.adoptedEntries(0));
        byte[] content = HeldRegions.bytesOf(region);

        for (int i = 0; i < 200; i++) {
            for (int shard = 0; shard < AdoptedJournal.SHARDS; shard++) {
                process.sync(shard, new byte[2_000]);
                process.trim(shard, process.log(shard).syncedPosition());
            }
            process.run();
        }

        assertThat(AdoptedJournal.adoptedFiles(journal.disk))
                .as("the one that is held")
                .hasSize(1);
        assertThat(journal.disk.list(StoreProcess.DIRECTORY)).hasSizeLessThan(FILES_MAX);
        assertThat(HeldRegions.bytesOf(region)).isEqualTo(content);

        region.release();
        process.run();

        assertThat(AdoptedJournal.adoptedFiles(journal.disk)).isEmpty();
        process.close();
    }

    @Test
    void aRegionThatIsNoPartOfALongReadIsNotGivenBack() throws Exception {
        AdoptedJournal journal = new AdoptedJournal().fill(2);
        WatchedFileSystem watched = new WatchedFileSystem(journal.closed().disk());
        StoreProcess process = StoreProcess.start(watched, AdoptedJournal.OPTIONS);
        watched.advised.clear();

        region(process, journal.adoptedEntries(0)).release();
        process.run();

        assertThat(watched.advised).isEmpty();
        process.close();
    }

    /** A region of it would hold up the files behind it, for these leave the journal in order. */
    @Test
    void aFileThatIsAdoptedInPartGivesNoRegionsWhileItIsInTheJournal() throws Exception {
        AdoptedJournal journal = new AdoptedJournal();
        StoreProcess process = journal.process;
        while (process.owner(0).trimsWanted.isEmpty()) {
            journal.append();
        }
        for (int shard = 0; shard < AdoptedJournal.SHARDS; shard++) {
            assertThat(AdoptedJournal.adoptedFiles(journal.disk)).isEmpty();
            assertThat(regions(process, journal.entries.get(0))).containsOnlyNulls();
            long end = process.owner(shard).trimsWanted.get(0);
            journal.adopt(shard, List.of(new Extent(0, end, AdoptedJournal.OPTIONS.fileBytes())));
        }

        assertThat(AdoptedJournal.adoptedFiles(journal.disk)).hasSize(1);
        region(process, journal.adoptedEntries(0)).release();
        process.close();
    }

    /** The body of the first of these records that has one. */
    private static StoredRegion region(StoreProcess process, Map<Long, byte[]> records) {
        List<@Nullable StoredRegion> regions = regions(process, records);
        assertThat(regions).doesNotContainNull().hasSize(1);
        return regions.get(0);
    }

    /** The same; null where the body came in memory. */
    private static List<@Nullable StoredRegion> regions(StoreProcess process, Map<Long, byte[]> records) {
        List<@Nullable StoredRegion> regions = new ArrayList<>();
        ReadBatch batch = new ReadBatch(new EntryRegions(BodyFormat.NATIVE, 1)) {
            @Override
            public void onComplete() {
                assertThat(failure(0)).isNull();
                regions.add(takeRegion(0));
                releaseAll();
            }
        };
        records.entrySet().stream()
                .filter(each -> AdoptedJournal.bodyBytes(each.getValue()) > 0)
                .findFirst()
                .ifPresent(each -> batch.add(each.getKey(), each.getValue().length));
        process.log(0).read(batch);
        process.run();
        return regions;
    }
}

package io.millrace.storage.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.file.OutOfSpaceException;
import io.millrace.storage.CorruptEntryException;
import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.SimulatedFileSystem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an owner can rely on, one rule at a time; {@link OrderedIndexModelTest} mixes all of it. */
class OrderedIndexTest {
    private static final int HEAD = 1000;

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
    private final RecordingOwner owner = new RecordingOwner();
    private FileSegmentStore store;
    private ManualShardLog log;
    private OrderedIndex index;

    @BeforeEach
    void open() throws IOException {
        store = new FileSegmentStore(disk, Path.of("/segments"));
        log = new ManualShardLog(store);
        index = open(OrderedIndexOptions.ordered(7).withHeadRecords(HEAD));
    }

    @AfterEach
    void close() {
        log.completeAll();
        index.close();
        assertThat(log.unreleased()).isZero();
    }

    @Test
    void anEmptyIndexHasNoFront() {
        assertThat(index.peek()).isEqualTo(OrderedIndex.State.EMPTY);
    }

    @Test
    void aRecordIsRemovedUnlessItIsInARun() {
        index.add(1, 1, 1);
        index.add(2, 2, 2);
        index.spill();
        index.add(3, 3, 3);
        index.add(4, 4, 4);
        index.remove(1, 1, 1);
        index.remove(3, 3, 3);
        log.completeAll();
        index.remove(2, 2, 2);

        assertThat(index.records()).isEqualTo(3);
        assertThat(takeAll()).containsExactly(1L, 2L, 4L);
    }

    @Test
    void aFullHeadIsWrittenAndTakenInOrder() {
        addShuffled(3 * HEAD);
        log.completeAll();

        assertThat(index.headRecords()).isLessThan(HEAD);
        assertThat(owner.spilled).isPositive();
        assertThat(takeAll()).isEqualTo(LongStream.range(0, 3 * HEAD).boxed().toList());
        assertThat(owner.unused).containsExactlyInAnyOrderElementsOf(store.sealed());
    }

    @Test
    void theFrontIsLoadedOnceAndThenReadAhead() {
        addShuffled(HEAD);
        log.completeAll();

        assertThat(index.peek()).isEqualTo(OrderedIndex.State.LOADING);
        assertThat(owner.ready).isZero();
        log.completeReads();
        assertThat(owner.ready).isEqualTo(1);
        for (int i = 0; i < HEAD; i++) {
            assertThat(index.peek()).isEqualTo(OrderedIndex.State.READY);
            index.poll();
            log.completeReads();
        }
        assertThat(owner.ready).isEqualTo(1);
    }

    @Test
    void whatIsInMemoryIsTakenWhileARunThatComesLaterIsLoaded() {
        addShuffled(HEAD);
        log.completeAll();
        index.add(-1, 0, 0);

        assertThat(index.peek()).isEqualTo(OrderedIndex.State.READY);
        index.poll();
        assertThat(index.peek()).isEqualTo(OrderedIndex.State.LOADING);
    }

    @Test
    void aHeadThatIsBeingWrittenIsTakenFrom() {
        addShuffled(HEAD);
        assertThat(log.waitingJobs()).isEqualTo(1);

        assertThat(take(10)).isEqualTo(LongStream.range(0, 10).boxed().toList());
        log.completeAll();
        assertThat(takeAll()).isEqualTo(LongStream.range(10, HEAD).boxed().toList());
    }

    @Test
    void aRecordThatManyRunsHoldIsTakenOnce() {
        for (int i = 0; i < 3; i++) {
            addShuffled(HEAD);
            log.completeAll();
        }
        index.add(5, 5, 5);

        assertThat(index.runs()).isEqualTo(3);
        assertThat(takeAll()).isEqualTo(LongStream.range(0, HEAD).boxed().toList());
    }

    @Test
    void aRecordThatWasTakenComesBackWhenItIsAddedAgain() {
        addShuffled(HEAD);
        log.completeAll();
        take(10);
        index.add(3, 3, 3);

        assertThat(take(2)).containsExactly(3L, 10L);
    }

    @Test
    void runsOfOneTierAreMerged() {
        for (int i = 0; i < 8; i++) {
            for (int record = 0; record < HEAD; record++) {
                index.add(record * 8L + i, record * 8L + i, record * 8L + i);
            }
            log.completeAll();
        }

        assertThat(index.runs()).isEqualTo(1);
        assertThat(owner.unused).hasSize(8);
        assertThat(takeAll()).isEqualTo(LongStream.range(0, 8 * HEAD).boxed().toList());
    }

    @Test
    void theNumberOfRunsIsLogarithmic() {
        index = open(new OrderedIndexOptions(7, 10, 4, false, false, 4));
        for (int i = 0; i < 10 * 4 * 4 * 4; i++) {
            index.add(i * 7919L % 10_007, i, 0);
            log.completeAll();
            assertThat(index.runs()).isLessThanOrEqualTo(3 * 3);
        }
        assertThat(index.runs()).isEqualTo(1);
    }

    @Test
    void whatIsTakenWhileRunsAreMergedStaysTaken() {
        for (int i = 0; i < 8; i++) {
            log.completeAll();
            for (int record = 0; record < HEAD; record++) {
                index.add(record * 8L + i, record * 8L + i, record * 8L + i);
            }
        }
        while (index.runs() < 8) {
            log.step(new SplittableRandom(1));
        }
        assertThat(log.waitingJobs()).isEqualTo(1);
        assertThat(take(HEAD)).isEqualTo(LongStream.range(0, HEAD).boxed().toList());
        log.completeAll();

        assertThat(index.runs()).isEqualTo(1);
        assertThat(takeAll()).isEqualTo(LongStream.range(HEAD, 8 * HEAD).boxed().toList());
    }

    @Test
    void whatIsDeadIsLeftOut() {
        owner.compactions = () -> new Recording(key -> key % 10 == 0);
        addShuffled(HEAD);
        log.completeAll();
        assertThat(scan(11, 11, 11)).isEmpty();
        assertThat(scan(20, 20, 20)).containsExactly(20L);

        owner.compactions = () -> new Recording(key -> false);
        index.compact();
        log.completeAll();
        assertThat(index.runs()).isZero();
        assertThat(owner.unused).containsExactlyInAnyOrderElementsOf(store.sealed());
    }

    @Test
    void theLatestIsKeptAndTheOthersAreTold() {
        index = open(OrderedIndexOptions.latest(7).withHeadRecords(HEAD));
        List<Recording> told = new ArrayList<>();
        owner.compactions = () -> {
            told.add(new Recording(key -> key != 1));
            return told.get(told.size() - 1);
        };
        for (int value = 0; value < 4; value++) {
            for (int sub = 0; sub < HEAD / 2; sub++) {
                index.add(sub % 2, sub, value);
            }
        }
        log.completeAll();
        assertThat(index.runs()).isEqualTo(2);
        assertThat(told.get(0).superseded).hasSize(HEAD / 2).allMatch(each -> each.value() == 0);
        assertThat(told.get(0).isDone).isTrue();
        // The first run had nothing older beside it, so what is dead in it could go; the second had.
        assertThat(scan(1, 3, 3)).containsExactly(3L);
        assertThat(scan(0, 2, 2)).containsExactly(1L, 3L);

        index.compact();
        log.completeAll();
        assertThat(told.get(2).superseded).hasSize(HEAD / 4).allMatch(each -> each.value() == 1);
        assertThat(scan(0, 2, 2)).containsExactly(3L);
        assertThat(scan(1, 3, 3)).isEmpty();
    }

    @Test
    void aFilterSparesReads() {
        index = open(OrderedIndexOptions.filtered(7).withHeadRecords(HEAD));
        for (long i = 0; i < 3 * HEAD; i++) {
            index.add(i * 0x9E3779B97F4A7C15L, i, i);
        }
        log.completeAll();
        scan(0x9E3779B97F4A7C15L, -5, -5);
        int before = log.readCount();
        for (long i = 0; i < HEAD; i++) {
            assertThat(scan(i * 0x9E3779B97F4A7C15L, i, i)).containsExactly(i);
        }
        int found = log.readCount();
        assertThat(found).isGreaterThan(before);
        for (long i = 0; i < HEAD; i++) {
            assertThat(scan(i * 0x9E3779B97F4A7C15L + 1, -1 - i, i)).isEmpty();
        }
        assertThat(log.readCount() - found).isLessThan(3 * HEAD * 3 / 100);
    }

    @Test
    void headsAndFiltersKnowWhichKeysThereMayBe() {
        index = open(OrderedIndexOptions.filtered(7).withHeadRecords(HEAD));
        assertThat(index.mayHold(0)).isFalse();
        for (long i = 0; i < HEAD / 2; i++) {
            index.add(i * 3, i, i);
            assertThat(index.mayHold(i * 3)).isTrue();
            assertThat(index.mayHold(i * 3 + 1)).isFalse();
        }
        index.spill();
        assertThat(index.mayHold(3)).as("in the head that is being written").isTrue();
        log.completeAll();
        int before = log.readCount();
        assertFilterTells(HEAD / 2);
        assertThat(log.readCount())
                .as("reads of a filter that was just written")
                .isEqualTo(before);

        reopen(OrderedIndexOptions.filtered(7).withHeadRecords(HEAD));
        assertThat(index.mayHold(4)).as("as long as the filter is not there").isTrue();
        log.completeAll();
        assertFilterTells(HEAD / 2);
        assertThat(log.readCount()).as("reads of the filter").isEqualTo(1);
    }

    @Test
    void theFilterOfMergedRunsIsThereAtOnce() {
        index = open(OrderedIndexOptions.filtered(7).withHeadRecords(HEAD));
        for (long i = 0; i < 3 * HEAD; i++) {
            index.add(i * 3, i, i);
        }
        log.completeAll();
        index.compact();
        log.completeAll();

        assertThat(index.runs()).isOne();
        assertFilterTells(3 * HEAD);
        assertThat(log.readCount()).as("reads of filters").isZero();
    }

    /** The keys are multiples of three. */
    private void assertFilterTells(int count) {
        int wrong = 0;
        for (long i = 0; i < count; i++) {
            assertThat(index.mayHold(i * 3)).isTrue();
            wrong += index.mayHold(i * 3 + 1) ? 1 : 0;
        }
        assertThat(wrong).isLessThan(count / 100);
    }

    @Test
    void aScanIsCutBetweenSubs() {
        for (int sub = 0; sub < 10; sub++) {
            index.add(4, sub, 0);
            index.add(4, sub, 1);
        }
        Scan scan = new Scan(4, 2, 8, 3);
        assertThat(index.scan(scan)).isTrue();

        assertThat(scan.records().count()).isEqualTo(4);
        assertThat(scan.records().sub(3)).isEqualTo(3);
        assertThat(scan.completed).isZero();
    }

    @Test
    void aFullDiskLeavesTheIndexAsItWas() {
        disk.capacity(4096);
        addShuffled(HEAD + 10);
        log.completeAll();

        assertThat(owner.failures).hasSize(1).first().isInstanceOf(OutOfSpaceException.class);
        assertThat(store.sealed()).isEmpty();
        assertThat(index.headRecords()).isEqualTo(HEAD + 10);
        assertThat(take(5)).isEqualTo(LongStream.range(0, 5).boxed().toList());
        index.spill();
        assertThat(log.isIdle()).isTrue();

        disk.capacity(1 << 20);
        index.retry();
        log.completeAll();
        assertThat(index.runs()).isEqualTo(1);
        assertThat(takeAll()).isEqualTo(LongStream.range(5, HEAD + 10).boxed().toList());
    }

    @Test
    void aFailedMergeLeavesTheRunsAsTheyWere() {
        for (int i = 0; i < 7; i++) {
            addShuffled(HEAD);
            log.completeAll();
        }
        disk.faults().fail(Kind.SYNC, 2);
        addShuffled(HEAD);
        log.completeAll();

        assertThat(owner.failures).hasSize(1);
        assertThat(index.runs()).isEqualTo(8);
        assertThat(take(5)).isEqualTo(LongStream.range(0, 5).boxed().toList());
        assertThat(owner.unused).isEmpty();
        index.retry();
        log.completeAll();
        assertThat(index.runs()).isEqualTo(1);
        assertThat(takeAll()).isEqualTo(LongStream.range(5, HEAD).boxed().toList());
    }

    @Test
    void aReadThatFailsIsDoneAgainWhenTheIndexIsAskedAgain() {
        addShuffled(HEAD);
        log.completeAll();
        log.failReads(2);
        for (int i = 1; i <= 2; i++) {
            assertThat(index.peek()).isEqualTo(OrderedIndex.State.LOADING);
            log.completeReads();
            assertThat(owner.failures).hasSize(i);
        }
        assertThat(takeAll()).isEqualTo(LongStream.range(0, HEAD).boxed().toList());
        assertThat(owner.damages).isEmpty();
    }

    @Test
    void aScanThatCannotReadSaysSo() {
        addShuffled(HEAD);
        log.completeAll();
        log.failReads(1);
        Scan scan = new Scan(3, 3, 3, 1);
        assertThat(index.scan(scan)).isFalse();
        log.completeReads();

        assertThat(scan.failure()).isNotNull();
        assertThat(scan.completed).isEqualTo(1);
        assertThat(scan(3, 3, 3)).containsExactly(3L);
    }

    @Test
    void aDamagedBlockIsNamedAndTheRestGoesOn() throws IOException {
        addShuffled(5 * HEAD);
        log.completeAll();
        index.compact();
        log.completeAll();
        disk.flipBit(store.path(owner.lastSegment), 2 * RunFormat.BLOCK_BYTES + 100, 3);

        List<Long> taken = takeAll();
        assertThat(owner.damages).hasSize(1);
        assertThat(owner.damages.get(0).segment()).isEqualTo(owner.lastSegment);
        assertThat(owner.damages.get(0).block()).isEqualTo(2);
        assertThat(taken).isSorted().hasSizeBetween(3 * HEAD, 5 * HEAD - 1).contains(0L, 5L * HEAD - 1);
    }

    @Test
    void aMergeLeavesADamagedBlockOutAndNamesIt() throws IOException {
        addShuffled(3 * HEAD);
        log.completeAll();
        long damaged = store.sealed().first();
        disk.flipBit(store.path(damaged), 2 * RunFormat.BLOCK_BYTES - 1, 0);
        index.compact();
        log.completeAll();

        assertThat(owner.damages).extracting(RunDamage::segment).containsExactly(damaged);
        assertThat(owner.damages).extracting(RunDamage::block).containsExactly(1);
        assertThat(takeAll()).hasSizeLessThan(3 * HEAD).hasSizeGreaterThan(HEAD);
    }

    @Test
    void aDamagedBlockIndexDoesNotHideRecordsFromTheFront() throws IOException {
        addShuffled(HEAD * 9);
        log.completeAll();
        index.compact();
        log.completeAll();
        take(HEAD * 5);
        reopen();
        disk.flipBit(store.path(owner.lastSegment), nodeOffset(owner.lastSegment), 0);

        assertThat(scanOf(HEAD * 6L).isDamaged()).isTrue();
        assertThat(takeAll())
                .isEqualTo(LongStream.range(HEAD * 5, HEAD * 9).boxed().toList());
        assertThat(owner.damages).hasSize(2);
    }

    @Test
    void aDescriptionBringsEverythingBack() {
        addShuffled(3 * HEAD + 100);
        take(100);
        reopen();

        assertThat(owner.failures).isEmpty();
        assertThat(log.readCount()).isZero();
        assertThat(takeAll())
                .isEqualTo(LongStream.range(100, 3 * HEAD + 100).boxed().toList());
    }

    @Test
    void aSegmentIsUnusedOnlyWhenNobodyReadsItAnyMore() {
        addShuffled(HEAD);
        log.completeAll();
        Scan scan = new Scan(3, 3, 3, 1);
        assertThat(index.scan(scan)).isFalse();
        owner.compactions = () -> new Recording(key -> false);
        index.compact();
        log.completeJobs();
        assertThat(index.runs()).isZero();
        assertThat(owner.unused).isEmpty();

        log.completeReads();
        assertThat(scan.records().count()).isEqualTo(1);
        assertThat(owner.unused).hasSize(1);
    }

    @Test
    void clearingRemovesWhatIsInRunsInMemoryAndOnItsWay() {
        addShuffled(7 * HEAD);
        log.completeAll();
        addShuffled(HEAD);
        index.add(-1, 0, 0);
        take(3);
        assertThat(log.waitingJobs()).isPositive();
        index.clear();

        assertThat(index.peek()).isEqualTo(OrderedIndex.State.EMPTY);
        assertThat(scan(5, 5, 5)).isEmpty();
        log.completeAll();
        assertThat(index.peek()).isEqualTo(OrderedIndex.State.EMPTY);
        assertThat(index.runs()).isZero();
        assertThat(owner.unused).containsExactlyInAnyOrderElementsOf(store.sealed());
        index.add(5, 5, 5);
        assertThat(takeAll()).containsExactly(5L);
    }

    @Test
    void aScanThatIsCutOffByCloseFreesItsBlocks() {
        for (int i = 0; i < 20 * HEAD; i++) {
            index.add(1, i * 7919L % (20 * HEAD), i);
        }
        log.completeAll();
        assertThat(index.runs()).isGreaterThan(1);
        Scan scan = new Scan(1, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE);
        assertThat(index.scan(scan)).isFalse();
        while (scan.records().count() == 0) {
            log.step(new SplittableRandom(1));
        }
        assertThat(log.waitingReads()).isPositive();
        index.close();
        log.completeReads();

        assertThat(scan.completed).isZero();
        assertThat(scan.records().count()).isPositive();
    }

    private long nodeOffset(long segment) throws IOException {
        try {
            RunLayout layout = RunLayout.readFooter(store, segment);
            return RunFormat.offset(layout.nodeBlock(1, 0)) + 20;
        } catch (CorruptEntryException e) {
            throw new AssertionError(e);
        }
    }

    private OrderedIndex open(OrderedIndexOptions options) {
        OrderedIndex opened = new OrderedIndex(options, owner);
        opened.open(log);
        return opened;
    }

    /** As a restart does it: what was on its way is lost. */
    private void reopen() {
        reopen(OrderedIndexOptions.ordered(7).withHeadRecords(HEAD));
    }

    private void reopen(OrderedIndexOptions options) {
        ByteBuf description = Unpooled.buffer();
        index.describe(description);
        index.close();
        log.die();
        log = new ManualShardLog(store);
        index = new OrderedIndex(options, owner);
        try {
            index.restore(description);
        } catch (CorruptEntryException e) {
            throw new AssertionError(e);
        }
        assertThat(description.isReadable()).isFalse();
        index.open(log);
    }

    private void addShuffled(int count) {
        long[] keys = LongStream.range(0, count).toArray();
        SplittableRandom random = new SplittableRandom(count);
        for (int i = count; i > 0; i--) {
            int chosen = random.nextInt(i);
            index.add(keys[chosen], keys[chosen], keys[chosen]);
            keys[chosen] = keys[i - 1];
        }
    }

    private List<Long> takeAll() {
        return take(Integer.MAX_VALUE);
    }

    private List<Long> take(int count) {
        List<Long> taken = new ArrayList<>();
        OrderedIndex.State state = index.peek();
        while (taken.size() < count && state != OrderedIndex.State.EMPTY) {
            if (state == OrderedIndex.State.LOADING) {
                assertThat(log.waitingReads()).isPositive();
                log.completeReads();
            } else {
                taken.add(index.key());
                index.poll();
            }
            state = index.peek();
        }
        return taken;
    }

    private List<Long> scan(long key, long fromSub, long toSub) {
        Scan scan = new Scan(key, fromSub, toSub, Integer.MAX_VALUE);
        boolean isDone = index.scan(scan);
        log.completeReads();
        assertThat(scan.completed).isEqualTo(isDone ? 0 : 1);
        assertThat(scan.failure()).isNull();
        return LongStream.range(0, scan.records().count())
                .map(i -> scan.records().value((int) i))
                .boxed()
                .toList();
    }

    private Scan scanOf(long key) {
        Scan scan = new Scan(key, key, key, 1);
        index.scan(scan);
        log.completeReads();
        return scan;
    }

    static final class Scan extends RangeScan {
        int completed;

        Scan(long key, long fromSub, long toSub, int recordsMax) {
            super(key, fromSub, toSub, recordsMax);
        }

        @Override
        public void onComplete() {
            completed++;
        }
    }

    private static final class Recording implements Compaction {
        private final LongPredicate alive;
        private final List<Triple> superseded = new ArrayList<>();
        private boolean isDone;

        Recording(LongPredicate alive) {
            this.alive = alive;
        }

        @Override
        public boolean isAlive(long key, long sub, long value) {
            return alive.test(key);
        }

        @Override
        public void onSuperseded(long key, long sub, long value) {
            superseded.add(new Triple(key, sub, value));
        }

        @Override
        public void onDone() {
            isDone = true;
        }
    }
}

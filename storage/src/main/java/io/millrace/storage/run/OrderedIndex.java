package io.millrace.storage.run;

import io.millrace.base.Check;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.ShardLog;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A sorted set of records {@code (key, sub, value)} that may be larger than memory: a head in memory, and immutable
 * runs in segments of the shard. Records are added anywhere, taken from the front ({@link #peek}, {@link #poll}), and
 * found by key ({@link #scan}); single ones are not removed from runs: what is not needed any more is left out when
 * runs are written ({@link Compaction}), and skipped by the owner when it comes to the front.
 *
 * <p>Once the head is at its bound it is written as a run in the background; runs of similar size are merged. When that
 * fails ({@link OrderedIndexOwner#onFailed}) everything stays as it was, the head grows, and an owner stops adding when
 * {@link #headRecords} gets too large for it.
 *
 * <p>Memory, with h the bound of the head, n the records in runs and f the fan-in: heap of 24 to 49 bytes for each of
 * up to 2 h records (more where the disk does not keep up), and about 500 bytes for each run, of which there are fewer
 * than f (1 + log(n / h) / log f) + f. Direct memory of 8 KiB for each run that is taken from, up to 4 KiB for each
 * {@linkplain OrderedIndexOptions#cachedNodes cached node}, and with a filter 1.25 to 2.5 bytes a record.
 * While a run is written, heap of 64 KiB and as much for each input, 24 bytes for each 4 KiB of records, and the filter
 * again. So without a filter ten million records beyond the head cost less than half a MiB.
 *
 * <p>All methods are called on the loop of the shard, by its owner, who may call them from {@link
 * OrderedIndexOwner#onReady}, {@link OrderedIndexOwner#onSpilled} and {@link IndexScan#onComplete} as well, not from
 * other notices. None blocks.
 */
public final class OrderedIndex {
    /** What {@link #peek} finds. */
    public enum State {
        /** There is a first record. */
        READY,
        /** There is no record. */
        EMPTY,
        /** What is first is not known before a block is read; {@link OrderedIndexOwner#onReady} follows. */
        LOADING
    }

    private static final ByteBuffer[] NO_FILTER = {};

    private final OrderedIndexOptions options;
    private final OrderedIndexOwner owner;
    private final BlockReads reads;
    private final Notices notices;
    private final List<Run> runs = new ArrayList<>();
    private final Set<RangeReading> scans = new LinkedHashSet<>();
    // The head that is being written and the fronts of the runs; what may still come, for taking from the front.
    private final SourceHeap fronts = new SourceHeap();
    private SortedRecords head = new SortedRecords();
    private @Nullable HeadCursor frozen;
    private @Nullable ShardLog log;
    private boolean isSpilling;
    private boolean isSpillRefused;
    private boolean isMerging;
    private boolean isMergeRefused;
    private boolean isTakenFrom;
    private boolean isWaiting;
    private boolean isClosed;
    private long key;
    private long sub;
    private long value;

    /** Makes an empty index. It takes records at once, and reads and writes runs after {@link #open}. */
    public OrderedIndex(OrderedIndexOptions options, OrderedIndexOwner owner) {
        this.options = options;
        this.owner = owner;
        notices = new Notices(owner);
        reads = new BlockReads(options.cachedNodes(), this::onRead);
    }

    /**
     * Makes the index, still empty and not open, what it was when {@link #describe} wrote at the reader index of {@code
     * source}, which moves behind it. No run is read. Records that were taken since then come again: the owner skips
     * what it knows to be done, and adds what was added since.
     */
    public void restore(ByteBuf source) throws CorruptEntryException {
        Check.that(log == null && runs.isEmpty() && head.count() == 0, "only an empty index is restored");
        IndexDescription description = IndexDescription.read(source, options.kind());
        for (IndexDescription.DescribedRun each : description.runs()) {
            install(each.segment(), each.layout(), NO_FILTER, each.key(), each.sub(), each.value());
        }
        RecordList records = description.head();
        for (int i = 0; i < records.count(); i++) {
            head.add(records.key(i), records.sub(i), records.value(i));
        }
    }

    /** Lets the index read and write runs, once the shard's log accepts requests. */
    public void open(ShardLog shardLog) {
        log = shardLog;
        reads.open(shardLog);
        schedule();
        if (isWaiting) {
            loadFronts();
        }
    }

    /**
     * Appends a description of the index as it is now, for {@link #restore}: about 100 bytes a run, 5 a head record.
     */
    public void describe(ByteBuf target) {
        SourceHeap heads = new SourceHeap();
        if (frozen != null && frozen.exact) {
            heads.add(new HeadCursor(frozen.records(), frozen.key, frozen.sub, frozen.value));
        }
        if (head.count() > 0) {
            heads.add(new HeadCursor(head));
        }
        IndexDescription.write(target, options.kind(), runs, heads);
    }

    /** Adds a record; does nothing where it is there already. */
    public void add(long newKey, long newSub, long newValue) {
        if (head.add(newKey, newSub, newValue) && head.count() >= options.headRecords() && frozen == null) {
            schedule();
        }
    }

    /** Removes a record that is in no run yet, nor on its way there; does nothing where it is. */
    public void remove(long oldKey, long oldSub, long oldValue) {
        head.remove(oldKey, oldSub, oldValue);
    }

    /** Looks at the front. Where there is a record, {@link #key}, {@link #sub} and {@link #value} tell it. */
    public State peek() {
        if (!isTakenFrom) {
            isTakenFrom = true;
            loadFronts();
        }
        State state = find();
        if (state == State.LOADING && !isWaiting) {
            isWaiting = true;
            loadFronts();
        }
        return state;
    }

    /** The key of the record that {@link #peek} found. */
    public long key() {
        return key;
    }

    /** The second key of the record that {@link #peek} found. */
    public long sub() {
        return sub;
    }

    /** The value of the record that {@link #peek} found. */
    public long value() {
        return value;
    }

    /**
     * Tells {@code visitor} what comes from the front on, in order, and changes nothing. A hint: of each run it knows
     * the block that is in memory, so that behind the end of one, records may be missing.
     */
    public void lookAhead(RecordVisitor visitor) {
        SourceHeap ahead = new SourceHeap();
        if (head.count() > 0) {
            ahead.add(new HeadCursor(head));
        }
        if (frozen != null && frozen.exact) {
            ahead.add(new HeadCursor(frozen.records(), frozen.key, frozen.sub, frozen.value));
        }
        for (Run each : runs) {
            if (each.cursor().exact) {
                ahead.add(each.cursor().restOfBlock());
            }
        }
        ahead.visit(visitor);
    }

    /** Takes the first record, which {@link #peek} has just found. */
    public void poll() {
        Check.that(find() == State.READY, "only a record that is there is taken");
        if (head.count() > 0 && head.firstKey() == key && head.firstSub() == sub && head.firstValue() == value) {
            head.removeFirst();
        }
        boolean isRunAtEnd = false;
        for (RecordSource top = fronts.top(); top != null && top.isAt(key, sub, value); top = fronts.top()) {
            isRunAtEnd |= !fronts.advanceTop() && top instanceof RunCursor;
        }
        if (isRunAtEnd) {
            dropTaken();
            notices.deliver();
        }
        reads.send();
    }

    /**
     * Answers {@code scan}: returns true where it is answered at once, else its {@link IndexScan#onComplete} follows.
     * The index must be open where there are runs.
     */
    public boolean scan(IndexScan scan) {
        return RangeReading.begin(scan, frozen, head, runs, reads, notices, scans);
    }

    /** Whether there may be records of this key: where not, heads and filters have said so. Waits for nothing. */
    public boolean mayHold(long wanted) {
        boolean may = head.hasKey(wanted) || (frozen != null && frozen.records().hasKey(wanted));
        long hash = RunFilter.hash(wanted);
        for (Run run : runs) {
            may |= run.mayHold(wanted, Long.MIN_VALUE, Long.MAX_VALUE) && run.mayHold(hash);
        }
        reads.send();
        return may;
    }

    /** How many records are in memory and in no run; those that were taken while they are written count as well. */
    public int headRecords() {
        return head.count() + (frozen == null ? 0 : frozen.records().count());
    }

    /** How many records there are, those that are dead or taken in part of a run among them. */
    public long records() {
        return headRecords()
                + runs.stream().mapToLong(run -> run.layout().records()).sum();
    }

    /** The segments of the runs, which {@link #describe} names. */
    public long[] segments() {
        return runs.stream().mapToLong(Run::segment).toArray();
    }

    /** How many runs there are. */
    public int runs() {
        return runs.size();
    }

    /**
     * Has the head written now, so that a description is small; {@link OrderedIndexOwner#onSpilled} follows. Where one
     * is being written, that one is meant, and what was added since is written when this is called again.
     */
    public void spill() {
        if (frozen == null && head.count() > 0) {
            freeze();
        }
        schedule();
    }

    /**
     * Has all runs merged into one, so that what is dead in them is let go. Returns false, and does nothing, where runs
     * are being merged already.
     */
    public boolean compact() {
        if (isMerging) {
            return false;
        }
        if (!runs.isEmpty() && log != null) {
            merge(new ArrayList<>(runs));
        }
        return true;
    }

    /** Removes all records; the segments of all runs are reported as unused. */
    public void clear() {
        List.copyOf(runs).forEach(this::drop);
        head = new SortedRecords();
        if (frozen != null) {
            fronts.remove(frozen);
            frozen.end();
        }
        goOn();
    }

    /** Does again what has failed. */
    public void retry() {
        isSpillRefused = false;
        isMergeRefused = false;
        schedule();
    }

    /** Frees what it has in memory. Answers and outcomes that are still to come are dropped. */
    public void close() {
        isClosed = true;
        List.copyOf(scans).forEach(RangeReading::finish);
        runs.forEach(Run::close);
        reads.close();
    }

    private State find() {
        RecordSource top = fronts.top();
        if (head.count() > 0) {
            key = head.firstKey();
            sub = head.firstSub();
            value = head.firstValue();
            int order = top == null ? 1 : top.compareTo(key, sub, value);
            if (order > 0 || (order == 0 && Check.notNull(top, "what is compared is there").exact)) {
                return State.READY;
            }
        }
        if (top == null) {
            return State.EMPTY;
        }
        if (!top.exact) {
            return State.LOADING;
        }
        key = top.key;
        sub = top.sub;
        value = top.value;
        return State.READY;
    }

    private void loadFronts() {
        if (log != null) {
            runs.forEach(run -> run.cursor().load());
            reads.send();
        }
    }

    private void schedule() {
        if (log == null || isClosed) {
            return;
        }
        if (frozen == null && head.count() >= options.headRecords()) {
            freeze();
        }
        if (frozen != null && !isSpilling && !isSpillRefused) {
            isSpilling = true;
            log.submit(new Spill(frozen.records()));
        }
        if (!isMerging && !isMergeRefused) {
            List<Run> picked = RunTiers.pick(runs, options);
            if (!picked.isEmpty()) {
                merge(picked);
            }
        }
    }

    private void freeze() {
        frozen = new HeadCursor(head);
        fronts.add(frozen);
        head = new SortedRecords();
    }

    private void merge(List<Run> picked) {
        isMerging = true;
        picked.forEach(Run::retain);
        Check.notNull(log, "runs are merged in an open index").submit(new Merge(picked));
    }

    /** Takes a sealed run into use, without what is below this record; its filter where that is in memory. */
    private void install(
            long segment, RunLayout layout, ByteBuffer[] filter, long fromKey, long fromSub, long fromValue) {
        Run run = new Run(segment, layout, fromKey, fromSub, fromValue, reads, new Fronts(), notices);
        if (run.cursor().isAtEnd()) {
            run.release();
            return;
        }
        run.takeFilter(filter);
        runs.add(run);
        fronts.add(run.cursor());
        if (isTakenFrom) {
            loadFronts();
        }
    }

    private void dropTaken() {
        for (Run run : List.copyOf(runs)) {
            if (run.cursor().isAtEnd()) {
                drop(run);
            }
        }
    }

    private void drop(Run run) {
        runs.remove(run);
        fronts.remove(run.cursor());
        reads.forget(run);
        run.close();
        run.release();
    }

    private void onRead() {
        fronts.rebuild();
        dropTaken();
        goOn();
    }

    /** Tells what there is to tell, now that the index is in order: the owner may use it meanwhile, and close it. */
    private void goOn() {
        notices.deliver();
        if (!isClosed && isWaiting && find() != State.LOADING) {
            isWaiting = false;
            owner.onReady();
        }
    }

    private void refused(IOException reason) {
        notices.add(reason);
        goOn();
    }

    private void onSpilled(Spill spill) {
        HeadCursor written = Check.notNull(frozen, "a head that was written is still there");
        frozen = null;
        isSpilling = false;
        fronts.remove(written);
        RunLayout layout = spill.layout();
        if (layout != null && written.exact) {
            install(spill.segment(), layout, spill.filter(), written.key, written.sub, written.value);
        } else if (layout != null) {
            notices.addUnused(spill.segment());
        }
        spill.compaction().onDone();
        schedule();
        owner.onSpilled();
        goOn();
    }

    private void onMerged(Merge merge) {
        isMerging = false;
        RunCursor lowest = RunCursor.lowest(merge.merged);
        RunLayout layout = merge.layout();
        // What was taken meanwhile was taken in order from these runs, so all of it is below what is left in any.
        if (layout != null && lowest != null) {
            install(merge.segment(), layout, merge.filter(), lowest.key, lowest.sub, lowest.value);
        } else if (layout != null) {
            notices.addUnused(merge.segment());
        }
        for (Run run : merge.merged) {
            if (runs.contains(run)) {
                drop(run);
            }
            run.release();
        }
        merge.damages().forEach(notices::add);
        merge.compaction().onDone();
        schedule();
        goOn();
    }

    /** What the fronts have to tell. */
    private final class Fronts implements RunCursor.Listener {
        @Override
        public void onDamage(RunDamage damage) {
            notices.add(damage);
        }

        @Override
        public void onReadFailed(IOException reason) {
            // The owner asks again by peeking, and is to be told again.
            isWaiting = false;
            notices.add(reason);
        }
    }

    private final class Spill extends SpillJob {
        Spill(SortedRecords records) {
            super(options, owner.nextSegment(), owner.beginCompaction(), records, runs.isEmpty());
        }

        @Override
        public void onDone() {
            if (!isClosed) {
                onSpilled(this);
            }
        }

        @Override
        public void onFailed(IOException reason) {
            isSpilling = false;
            isSpillRefused = true;
            refused(reason);
        }
    }

    private final class Merge extends MergeJob {
        private final List<Run> merged;

        Merge(List<Run> picked) {
            super(options, owner.nextSegment(), owner.beginCompaction(), picked, picked.size() == runs.size());
            merged = picked;
        }

        @Override
        public void onDone() {
            if (!isClosed) {
                onMerged(this);
            }
        }

        @Override
        public void onFailed(IOException reason) {
            isMerging = false;
            isMergeRefused = true;
            merged.forEach(Run::release);
            refused(reason);
        }
    }
}

package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.read.EntrySet;
import io.millrace.engine.read.ShardReads;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.engine.subscription.SubscriptionView;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.EntryIndex;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds messages for receives that want only some. What is in memory is looked at at once, up to {@value #LOOKS_MAX}
 * messages in a turn of the loop, which those who wait share. What is not is read first, a stretch at a time and for
 * {@value #READERS_MAX} scans at a time: what was found out is noted, and the memory given back. Nothing is leased
 * before it is known that it is wanted. Part of a shard; the loop's.
 */
final class Selecting {
    /** A look takes less than a microsecond, unless a filter reads much. */
    static final int LOOKS_MAX = 2_000;
    /** So many bytes that a filter reads cost as much as another look. */
    private static final int BYTES_PER_LOOK = 128;

    static final int READERS_MAX = 8;
    static final int STRETCH_MESSAGES = 256;
    private static final int STRETCH_BYTES = 256 << 10;

    private final Shard shard;
    private final ShardLog log;
    private final ShardReads reads;
    private final Consumer<Queue> goOn;
    private final Scans scans = new Scans();
    /** Queues with scans that have had their share of the turn. */
    private final Set<Queue> cut = new LinkedHashSet<>();
    /** What was read, and could not be looked at in one turn. */
    private final List<Stretch> unseen = new ArrayList<>(0);

    private final ArrayDeque<Scan> toRead = new ArrayDeque<>(1);
    private int reading;
    private long turn;
    private boolean isTurnPosted;

    /** {@code goOn} looks after those who wait for a queue. */
    Selecting(Shard shard, ShardLog log, ShardReads reads, Consumer<Queue> goOn) {
        this.shard = shard;
        this.log = log;
        this.reads = reads;
        this.goOn = goOn;
    }

    // Those who wait.

    /** How many wait for messages of {@code queue} that do not want all. */
    int waiting(Queue queue) {
        return scans.waiters(queue);
    }

    /** Whether others wait that want the same as {@code receive}. */
    boolean isAwaited(Receive receive) {
        return scanOf(receive).waiters > 0;
    }

    /** From now on {@code receive} waits. */
    void join(Receive receive) {
        if (receive.filter() != null) {
            scans.join(scanOf(receive));
        }
    }

    /** {@code receive} does not wait any more. */
    void leave(Receive receive) {
        if (receive.filter() != null) {
            scans.leave(scanOf(receive));
        }
    }

    /** Nothing of {@code queue} is looked at any more; nobody waits. */
    void forget(Queue queue) {
        scans.forget(queue);
    }

    private Scan scanOf(Receive receive) {
        Scan scan = receive.scan;
        if (scan == null || scan.isEnded) {
            scan = scans.of(
                    Check.notNull(receive.queue, "a receive that is served has a queue"),
                    Check.notNull(receive.filter(), "a receive of any message has no scan"));
            receive.scan = scan;
        }
        return scan;
    }

    // What there is for them.

    /** Whether it is not known yet whether there is something for {@code receive}. */
    boolean isSearching(Receive receive) {
        return scanOf(receive).isSearching();
    }

    /**
     * The next message that {@code receive} wants, which the index of its queue has found, as far as that is known now;
     * negative where there is none. Where it {@link #isSearching}, the queue is looked after again.
     */
    long next(Receive receive) {
        Scan scan = scanOf(receive);
        Queue queue = scan.queue;
        scan.isLoading = false;
        scan.isCut = false;
        while (!scan.isReading) {
            long offset = scan.selection.next(queue.log().readableOffset());
            if (offset < 0 || !hasLooks(scan)) {
                scan.isLoading = offset == IndividualSubscription.LOADING;
                return IndividualSubscription.NONE;
            }
            if (scan.selection.isUnwanted(offset)) {
                scan.looksLeft--;
                scan.selection.pass();
            } else if (isExhausted(queue, offset)) {
                scan.looksLeft--;
                int unused = scan.selection.take();
                shard.parts().dying().endTaken(queue, offset);
            } else if (isFound(scan, offset) && (scan.selection.isWanted(offset) || isMatch(scan, offset))) {
                return offset;
            } else if (scan.isInLine) {
                return IndividualSubscription.NONE;
            }
        }
        return IndividualSubscription.NONE;
    }

    /** Takes what {@link #next} gave: it is leased from now on. Returns its priority. */
    int take(Receive receive) {
        return scanOf(receive).selection.take();
    }

    private boolean isExhausted(Queue queue, long offset) {
        return shard.parts()
                .dying()
                .isExhausted(queue, queue.subscription().history().count(offset));
    }

    /** Whether the index has the entry of the message at {@code offset}, which is next. */
    private boolean isFound(Scan scan, long offset) {
        int found = scan.queue.log().entries().find(offset);
        if (found == EntryIndex.UNLOADED) {
            scan.isReading = true;
            shard.loadIndex(scan.queue, () -> {
                scan.isReading = false;
                goOn.accept(scan.queue);
            });
        } else if (found != EntryIndex.FOUND) {
            int unused = scan.selection.take();
            scan.queue.subscription().damageLeased(offset);
            scan.queue.markDirty();
            shard.onDamage(scan.queue, offset, new CorruptEntryException("the index", "the block with it is damaged"));
        }
        return found == EntryIndex.FOUND;
    }

    /** Whether the message at {@code offset}, which is next and found, is wanted; else it is passed over, or read. */
    private boolean isMatch(Scan scan, long offset) {
        EntryIndex index = scan.queue.log().entries();
        ByteBuf record = index.segment() == ReadBatch.LOG ? log.readTail(index.address(), index.recordBytes()) : null;
        if (record == null) {
            read(scan);
            return false;
        }
        boolean isMatch;
        try {
            isMatch = look(scan, record.skipBytes(EntryRecord.ENVELOPE_AT), offset - index.firstOffset(), offset);
        } finally {
            record.release();
        }
        if (isMatch) {
            scan.selection.noteMatch();
        } else {
            scan.selection.pass();
        }
        return isMatch;
    }

    private boolean look(Scan scan, ByteBuf entry, long indexInEntry, long offset) {
        MessageFilter filter = scan.filter;
        long bytesBefore = filter.bytesRead();
        boolean isMatch = false;
        try {
            int deliveries = scan.queue.subscription().history().count(offset);
            isMatch = filter.matches(entry, (int) indexInEntry, deliveries);
        } catch (Throwable e) {
            shard.host().onFault(shard, e);
        }
        scan.looksLeft -= looks(filter.bytesRead() - bytesBefore);
        return isMatch;
    }

    /** What a look costs where a filter has read so many bytes for it. */
    static int looks(long bytesRead) {
        return 1 + (int) Math.min(LOOKS_MAX, bytesRead / BYTES_PER_LOOK);
    }

    // Turns.

    /** Whether {@code scan} may look at another message in this turn; it goes on in the next one otherwise. */
    private boolean hasLooks(Scan scan) {
        if (scan.turn != turn) {
            scan.turn = turn;
            scan.looksLeft = Math.max(1, LOOKS_MAX / Math.max(1, scans.awaited()));
        }
        if (scan.looksLeft > 0) {
            return true;
        }
        scan.isCut = true;
        cut.add(scan.queue);
        postTurn();
        return false;
    }

    private void postTurn() {
        if (!isTurnPosted) {
            isTurnPosted = true;
            shard.loop().execute(this::beginTurn);
        }
    }

    private void beginTurn() {
        isTurnPosted = false;
        turn++;
        List<Stretch> stretches = new ArrayList<>(unseen);
        unseen.clear();
        stretches.forEach(Stretch::look);
        List<Queue> queues = new ArrayList<>(cut);
        cut.clear();
        queues.forEach(goOn);
        shard.touch();
    }

    // What is not in memory.

    /** Has what comes next read, when it is the turn of {@code scan}. */
    private void read(Scan scan) {
        boolean isTurn = toRead.isEmpty() || toRead.peek() == scan;
        if (reading < READERS_MAX && isTurn) {
            if (scan.isInLine) {
                toRead.remove();
                scan.isInLine = false;
            }
            new Stretch(scan).read();
        } else if (!scan.isInLine) {
            scan.isInLine = true;
            toRead.add(scan);
        }
    }

    private void endReading() {
        reading--;
        for (Scan first = toRead.peek(); first != null && reading < READERS_MAX; first = toRead.peek()) {
            if (first.waiters > 0) {
                goOn.accept(first.queue);
            }
            if (first == toRead.peek()) {
                toRead.remove(); // it has nothing to read any more
                first.isInLine = false;
            }
        }
    }

    /** Messages that are read and looked at together. */
    private final class Stretch implements SubscriptionView.Visitor {
        private final Scan scan;
        private final EntrySet entries = new EntrySet(STRETCH_MESSAGES, log, reads, this::look);
        private final long[] offsets = new long[STRETCH_MESSAGES];
        private final int[] places = new int[STRETCH_MESSAGES];
        private int size;
        private long bytes;
        private int seen;

        Stretch(Scan scan) {
            this.scan = scan;
        }

        void read() {
            scan.isReading = true;
            reading++;
            scan.selection.lookAhead(scan.queue.log().readableOffset(), this);
            Check.that(entries.startReading(), "what is read is not in memory");
        }

        @Override
        public boolean onMessage(long offset) {
            EntryIndex index = scan.queue.log().entries();
            if (index.find(offset) != EntryIndex.FOUND) {
                return false;
            }
            int known = entries.size();
            offsets[size] = offset;
            places[size] = entries.addFound(index);
            size++;
            bytes += entries.size() > known ? index.recordBytes() : 0;
            return size < STRETCH_MESSAGES && bytes < STRETCH_BYTES;
        }

        private boolean isOfUse() {
            return !scan.isEnded && !shard.isRefusing();
        }

        void look() {
            while (isOfUse() && seen < size) {
                if (!hasLooks(scan)) {
                    unseen.add(this);
                    return;
                }
                look(seen++);
            }
            entries.release();
            scan.isReading = false;
            if (isOfUse()) {
                goOn.accept(scan.queue);
            }
            endReading();
            shard.touch();
        }

        private void look(int index) {
            long offset = offsets[index];
            if (!scan.queue.subscription().settled().contains(offset)) {
                ByteBuf entry = entries.entry(places[index]);
                // Whoever gets one that cannot be read says so and sets it aside.
                boolean isWanted = entry == null
                        || Selecting.this.look(scan, entry, offset - entries.firstOffset(places[index]), offset);
                scan.selection.noteJudged(offset, isWanted);
            }
        }
    }
}

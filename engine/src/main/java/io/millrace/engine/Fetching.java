package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.offset.SettledSet;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.read.EntrySet;
import io.millrace.engine.read.ShardReads;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.EntryIndex;
import org.jspecify.annotations.Nullable;

/** Reads entries of logs without changing them: from an offset, or from a time on. Part of a shard; the loop's. */
final class Fetching {
    private static final int EXPECTED_MAX = 16;
    private static final int SEARCHED_BYTES = 1 << 20;

    private final Shard shard;
    private final ShardLog log;
    private final ShardReads reads;
    private final EntryEnvelope envelope = new EntryEnvelope();
    private final Waiters<Fetch> waiting = new Waiters<>(fetch -> 0);

    Fetching(Shard shard, ShardLog log, ShardReads reads) {
        this.shard = shard;
        this.log = log;
        this.reads = reads;
    }

    void fetch(Queue queue, Fetch fetch) {
        fetch.queue = queue;
        int expected = Math.min(fetch.entriesMax(), EXPECTED_MAX);
        long floor = floor(queue);
        fetch.begin(floor, queue.stableOffset());
        fetch.restart(new EntrySet(expected, log, reads, () -> complete(queue, fetch), fetch.regionChoice()));
        if (fetch.fromOffset() < floor || fetch.fromOffset() > queue.log().nextOffset()) {
            guarded(() -> fetch.onOutOfRange(floor, queue.stableOffset()));
        } else {
            gather(queue, fetch);
        }
    }

    /** The first offset that is there. */
    private static long floor(Queue queue) {
        return Math.min(queue.subscription().settled().floor(), queue.log().nextOffset());
    }

    private void gather(Queue queue, Fetch fetch) {
        EntrySet entries = Check.notNull(fetch.entries, "a fetch that was begun has entries");
        EntryIndex index = queue.log().entries();
        SettledSet settled = queue.subscription().settled();
        long readable = queue.stableOffset();
        long offset = settled.nextUnsettled(fetch.nextOffset());
        while (offset < readable && entries.size() < fetch.entriesMax() && fetch.bytes < fetch.bytesMax()) {
            int found = index.find(offset);
            if (found == EntryIndex.UNLOADED) {
                long places = index.places();
                fetch.end(offset);
                shard.loadIndex(queue, () -> goOn(queue, fetch, places));
                return;
            }
            long next = offset + 1;
            if (found == EntryIndex.FOUND) {
                if (entries.size() > 0 && fetch.bytes + index.recordBytes() > fetch.bytesMax()) {
                    break;
                }
                entries.addFound(index);
                fetch.bytes += index.recordBytes();
                next = index.firstOffset() + index.span();
            } else if (found == EntryIndex.DAMAGED) {
                shard.onDamage(queue, offset, new CorruptEntryException("the index", "the block with it is damaged"));
                next = index.endOfDamage(offset);
            }
            offset = settled.nextUnsettled(next);
        }
        fetch.end(Math.max(fetch.fromOffset(), Math.min(offset, readable)));
        if (entries.size() == 0 && fetch.nextOffset() >= readable && mayWait(fetch)) {
            await(queue, fetch);
        } else if (!entries.startReading()) {
            complete(queue, fetch);
        }
    }

    private void goOn(Queue queue, Fetch fetch, long places) {
        Refusal refusal = shard.refusal(queue);
        if (refusal != null || fetch.cancelled) {
            fetch.release();
            refuse(fetch, refusal);
        } else if (queue.log().entries().places() != places) {
            // Storage may have back the places that were found so far.
            fetch(queue, fetch);
        } else {
            gather(queue, fetch);
        }
    }

    private void complete(Queue queue, Fetch fetch) {
        EntrySet entries = Check.notNull(fetch.entries, "a fetch that was begun has entries");
        for (int i = 0; i < entries.size(); i++) {
            if (entries.entry(i) == null) {
                shard.onDamage(queue, entries.firstOffset(i), entries.failureAt(i));
            }
        }
        if (fetch.cancelled) {
            fetch.release();
        } else {
            guarded(fetch::onFetched);
        }
    }

    // Waiting.

    private static boolean mayWait(Fetch fetch) {
        return fetch.waitNanos() > 0 && !fetch.waited;
    }

    private void await(Queue queue, Fetch fetch) {
        waiting.add(queue, fetch);
        if (fetch.timer == null) {
            fetch.timer = shard.loop().schedule(() -> endWait(queue, fetch), fetch.waitNanos());
        }
    }

    private void endWait(Queue queue, Fetch fetch) {
        fetch.timer = null;
        fetch.waited = true;
        if (waiting.remove(queue, fetch)) {
            guarded(fetch::onFetched);
        }
    }

    /** Serves those who wait for what is there now. */
    void serveWaiting(Queue queue) {
        for (Fetch each : waiting.takeAll(queue)) {
            fetch(queue, each);
            if (!waiting.contains(queue, each)) {
                stopTimer(each);
            }
        }
    }

    private static void stopTimer(Fetch fetch) {
        if (fetch.timer != null) {
            fetch.timer.cancel();
            fetch.timer = null;
        }
    }

    void refuseWaiting(Queue queue, Refusal reason) {
        for (Fetch each : waiting.takeAll(queue)) {
            stopTimer(each);
            refuse(each, reason);
        }
        waiting.forget(queue);
    }

    void cancel(Fetch fetch) {
        fetch.cancelled = true;
        stopTimer(fetch);
        if (fetch.queue != null) {
            waiting.remove(fetch.queue, fetch);
        }
    }

    private void refuse(Fetch fetch, @Nullable Refusal reason) {
        if (reason != null && !fetch.cancelled) {
            guarded(() -> fetch.onRefused(reason));
        }
    }

    // A receiver that throws must not keep the others from their entries, nor the shard from its turn.
    private void guarded(Runnable outcome) {
        try {
            outcome.run();
        } catch (Throwable e) {
            shard.host().onFault(shard, e);
        }
    }

    // Times.

    /** Searches from {@code from} on: block by block of those that may have it, entry by entry in these. */
    void findTime(Queue queue, FindTime find, long from) {
        Refusal refusal = shard.refusal(queue);
        if (refusal != null) {
            guarded(() -> find.onRefused(refusal));
            return;
        }
        EntryIndex index = queue.log().entries();
        long offset = queue.subscription().settled().nextUnsettled(Math.max(from, floor(queue)));
        int found = offset < queue.stableOffset() ? index.findTime(find.millis(), offset) : EntryIndex.ABSENT;
        if (found == EntryIndex.UNLOADED) {
            shard.loadIndex(queue, () -> findTime(queue, find, offset));
        } else if (found == EntryIndex.ABSENT) {
            guarded(find::onNone);
        } else {
            fetch(queue, new Search(queue, find, index.timeOffset()));
        }
    }

    /** Looks at some entries, and has the search go on behind them where it is none of these. */
    private final class Search extends Fetch {
        private final Queue searched;
        private final FindTime find;

        Search(Queue searched, FindTime find, long from) {
            super(from, EXPECTED_MAX, SEARCHED_BYTES, 0);
            this.searched = searched;
            this.find = find;
        }

        @Override
        protected void onFetched() {
            long foundAt = -1;
            long foundMillis = 0;
            for (int i = 0; i < size() && foundAt < 0; i++) {
                if (isReadable(i) && millis(i) >= find.millis()) {
                    foundAt = firstOffset(i);
                    foundMillis = millis(i);
                }
            }
            release();
            if (foundAt >= 0) {
                find.onFound(foundAt, foundMillis);
            } else {
                // In a turn of its own: there may be any number of entries in memory to look at.
                long next = nextOffset();
                shard.loop().execute(() -> findTime(searched, find, next));
            }
        }

        private long millis(int index) {
            readEnvelope(index, envelope);
            return envelope.timestampMillis;
        }

        @Override
        protected void onOutOfRange(long floor, long end) {
            findTime(searched, find, floor);
        }

        @Override
        protected void onRefused(Refusal reason) {
            find.onRefused(reason);
        }
    }
}

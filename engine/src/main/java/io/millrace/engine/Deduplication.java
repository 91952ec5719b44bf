package io.millrace.engine;

import io.millrace.engine.PublishLine.Waiting;
import io.millrace.engine.index.DeduplicationIndex;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.DeduplicationRecord;
import io.millrace.storage.ShardLog;
import io.millrace.storage.run.RangeScan;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Stores a publish once: one whose key is known, and whose window has not ended, is answered with the offset that the
 * first one was given, once that is on stable storage. Most keys are told to be new by what is in memory; for the rest
 * the index is read. Meanwhile the publishes to the same queue wait behind in their order; those to others go on. Part
 * of a shard; the loop's.
 */
final class Deduplication {
    /** Keys that are looked for at a time; each may take a block of each run in memory. */
    private static final int LOOKUPS_MAX = 64;
    /** Where a key cannot be read so often, a second apart, it counts as new: the publish must not be lost. */
    private static final int FAILURES_MAX = 3;

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Shard shard;
    private final ShardLog log;
    private final Intake intake;
    private final DeduplicationIndex index;
    private final Long2ObjectHashMap<PublishLine> lines = new Long2ObjectHashMap<>();
    /** Those whose keys are still to be looked for. */
    private final ArrayDeque<Waiting> unread = new ArrayDeque<>();

    private int lookups;
    private boolean isReading;

    Deduplication(Shard shard, ShardLog log, Intake intake) {
        this.shard = shard;
        this.log = log;
        this.intake = intake;
        index = shard.indexes().keys();
        index.whenRoom(this::review);
    }

    /** Has {@code publish} appended or answered, now or when it is its turn. */
    void place(Queue queue, Publish publish) {
        long logId = queue.log().id();
        PublishLine line = lines.get(logId);
        if (line == null && isNew(logId, publish)) {
            intake.append(queue, publish);
            return;
        }
        Waiting added = add(queue, publish, null);
        askAtOnce(added);
        serve(added.line);
    }

    /**
     * Has {@code publishes}, which have the same body and know their queues, appended or refused: now, but for those
     * that have keys or are behind others that wait, which have their turn alone.
     */
    void place(List<Publish> publishes) {
        List<Publish> shared = new ArrayList<>(publishes.size());
        for (Publish each : publishes) {
            if (!each.isDeduplicated() && !lines.containsKey(each.target().log().id())) {
                shared.add(each);
                continue;
            }
            Refusal refusal = intake.refusal(each.bodyBytes());
            if (refusal == null) {
                place(each.target(), each);
            } else {
                each.onRefused(refusal);
            }
        }
        intake.append(shared);
    }

    /** Has the publishes of {@code part} appended or answered together, now or when it is their turn. */
    void place(TransactionPart part) {
        boolean isNow = true;
        for (TransactionPart.Publishing each : part.publishes()) {
            isNow &= each.isRepeated() || (lines.get(each.logId) == null && isNew(each.logId, each.publish));
        }
        if (isNow) {
            shard.parts().transactions().append(part);
            return;
        }
        for (TransactionPart.Publishing each : part.publishes()) {
            if (!each.isRepeated()) {
                part.waiting.add(add(each.queue(), each.publish, part));
            }
        }
        // When all of them are in their lines: what is known at once has the lines served.
        part.waiting.forEach(this::askAtOnce);
        serve(part.waiting.get(0).line);
    }

    private Waiting add(Queue queue, Publish publish, @Nullable TransactionPart part) {
        long logId = queue.log().id();
        PublishLine line = lines.get(logId);
        if (line == null) {
            line = new PublishLine(queue);
            lines.put(logId, line);
        }
        Waiting added = line.add(publish, part);
        log.noteWaiting(added.bytes());
        return added;
    }

    private void askAtOnce(Waiting added) {
        // What is looked up while another one with the key may still come before it would be out of date.
        boolean isFirstOfKey =
                !added.isBehindItsLike && !isUndecided(added.line.queue.log().id(), added.publish);
        if (!added.isGone && !added.isKnown && isFirstOfKey) {
            look(added);
        }
    }

    private boolean isNew(long logId, Publish publish) {
        return !publish.isDeduplicated()
                || (!mayHold(logId, publish) && !index.isFull() && !isUndecided(logId, publish));
    }

    private boolean mayHold(long logId, Publish publish) {
        return index.mayHold(logId, publish.deduplicationHigh(), publish.deduplicationLow());
    }

    /** Whether a transaction that is not decided yet has a publish with the same key. */
    private boolean isUndecided(long logId, Publish publish) {
        return publish.isDeduplicated()
                && shard.transactionTable().hasKey(logId, publish.deduplicationHigh(), publish.deduplicationLow());
    }

    /** There may be room for those who wait for it. */
    void review() {
        if (!lines.isEmpty()) {
            List.copyOf(lines.values()).forEach(this::serve);
        }
    }

    /** Refuses all that wait. */
    void refuse(Refusal reason) {
        List<PublishLine> all = List.copyOf(lines.values());
        lines.clear();
        unread.clear();
        Set<TransactionPart> parts = new LinkedHashSet<>();
        for (PublishLine line : all) {
            for (Waiting first = line.first(); first != null; first = line.first()) {
                remove(first);
                if (first.part == null) {
                    first.publish.onRefused(reason);
                } else {
                    parts.add(first.part);
                }
            }
        }
        parts.forEach(each -> each.refuse(reason));
    }

    // The line of a queue.

    /** Places the publishes of {@code line} as far as it is known where. */
    private void serve(PublishLine line) {
        if (line.isServed) {
            return;
        }
        line.isServed = true;
        Waiting first = line.first();
        while (first != null && (first.part == null ? isPlaceable(first) : isPlaceable(first.part))) {
            try {
                if (first.part == null) {
                    remove(first);
                    place(first);
                } else if (!first.isGone) {
                    placeTogether(first.part);
                }
            } catch (RuntimeException | Error e) {
                shard.host().onFault(shard, e);
            }
            first = line.first();
        }
        line.isServed = false;
        if (first == null) {
            lines.remove(line.queue.log().id(), line);
        }
    }

    private void remove(Waiting first) {
        first.line.remove(first);
        log.noteWaiting(-first.bytes());
    }

    /**
     * Whether all publishes of {@code part} can be placed, and are first in their lines, or behind its others. Where a
     * key is found at once, they may have been placed meanwhile, from the line with that key.
     */
    private boolean isPlaceable(TransactionPart part) {
        boolean isPlaceable = true;
        for (Waiting each : part.waiting) {
            Waiting first = each.line.first();
            isPlaceable &= first != null && first.part == part && isPlaceable(each);
        }
        return isPlaceable || part.waiting.get(0).isGone;
    }

    private boolean isPlaceable(Waiting first) {
        if (!first.isKnown
                && !first.isAsked
                && !isUndecided(first.line.queue.log().id(), first.publish)) {
            look(first);
        }
        if (!first.isKnown) {
            return false;
        }
        boolean isHeldUp = log.isBehind() || (first.publish.isDeduplicated() && index.isFull());
        return isDuplicate(first) || !isHeldUp;
    }

    private boolean isDuplicate(Waiting first) {
        return first.untilMillis > shard.time().millis();
    }

    private void place(Waiting first) {
        Publish publish = first.publish;
        Refusal refusal = shard.refusal(first.line.queue);
        if (refusal != null) {
            publish.onRefused(refusal);
        } else if (isDuplicate(first)) {
            long offset = first.originalOffset;
            shard.whenSynced(() -> publish.onDuplicate(offset), publish::onRefused);
            shard.touch();
        } else {
            intake.append(first.line.queue, publish);
        }
    }

    private void placeTogether(TransactionPart part) {
        part.waiting.forEach(this::remove);
        int at = 0;
        for (TransactionPart.Publishing each : part.publishes()) {
            if (!each.isRepeated()) {
                Waiting known = part.waiting.get(at++);
                if (isDuplicate(known)) {
                    each.markDuplicate(known.originalOffset);
                }
            }
        }
        shard.parts().transactions().append(part);
        part.waiting.forEach(each -> serve(each.line));
    }

    // Looking for keys.

    /** Knows that a key is new where memory says so, as of most, and has the index read for it otherwise. */
    private void look(Waiting asking) {
        if (mayHold(asking.line.queue.log().id(), asking.publish)) {
            ask(asking);
        } else {
            asking.isKnown = true;
        }
    }

    private void ask(Waiting asking) {
        asking.isAsked = true;
        unread.add(asking);
        read();
    }

    /** Looks for as many keys as may be looked for at a time. */
    private void read() {
        if (isReading) {
            return;
        }
        isReading = true;
        while (lookups < LOOKUPS_MAX && !unread.isEmpty()) {
            Waiting next = unread.remove();
            if (!next.isGone) {
                lookups++;
                Lookup lookup = new Lookup(next);
                if (index.scan(lookup)) {
                    lookup.end();
                }
            }
        }
        isReading = false;
    }

    private final class Lookup extends RangeScan {
        private final Waiting asking;

        Lookup(Waiting asking) {
            this(asking, asking.line.queue.log().id(), asking.publish);
        }

        private Lookup(Waiting asking, long logId, Publish publish) {
            this(
                    asking,
                    DeduplicationRecord.key(logId, publish.deduplicationHigh(), publish.deduplicationLow()),
                    DeduplicationRecord.subLeast(logId, publish.deduplicationHigh(), publish.deduplicationLow()));
        }

        private Lookup(Waiting asking, long key, long subLeast) {
            super(key, subLeast, DeduplicationRecord.subMost(subLeast), 1);
            this.asking = asking;
        }

        @Override
        public void onComplete() {
            end();
            read();
        }

        void end() {
            lookups--;
            IOException failure = failure();
            if (asking.isGone) {
                return;
            }
            if (failure != null && ++asking.failures < FAILURES_MAX) {
                shard.loop().schedule(() -> ask(asking), RETRY_NANOS);
                return;
            }
            if (failure != null) {
                shard.indexes().onDamage("a key could not be looked for: " + failure.getMessage());
            }
            asking.take(this);
            serve(asking.line);
        }
    }
}

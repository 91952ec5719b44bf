package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.DeduplicationRecord;
import io.millrace.storage.run.RangeScan;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The publishes to one queue that wait, in their order, for what is known of their keys to be read, or behind one that
 * does. The loop's.
 */
final class PublishLine {
    /** What it takes to have a publish without a body wait, or more. */
    private static final int BESIDE_BODY_BYTES = 256;

    final Queue queue;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    /** Of each key the last one that waits. */
    private final Map<Key, Waiting> last = new HashMap<>();
    /** Whether its publishes are being answered, who may publish more meanwhile. */
    boolean isServed;

    private record Key(long high, long low) {}

    PublishLine(Queue queue) {
        this.queue = queue;
    }

    /** Puts {@code publish} at the end, one of {@code part} where that is not null. */
    Waiting add(Publish publish, @Nullable TransactionPart part) {
        Key key = publish.isDeduplicated() ? new Key(publish.deduplicationHigh(), publish.deduplicationLow()) : null;
        Waiting added = new Waiting(this, publish, key, part);
        waiting.add(added);
        if (key != null) {
            added.isBehindItsLike = last.put(key, added) != null;
        }
        return added;
    }

    @Nullable
    Waiting first() {
        return waiting.peek();
    }

    /** Takes out {@code first}, which is the first one. */
    void remove(Waiting first) {
        Check.that(waiting.remove() == first, "what is placed comes first in its line");
        first.isGone = true;
        if (first.key != null) {
            last.remove(first.key, first);
        }
    }

    /** One that waits. */
    static final class Waiting {
        final PublishLine line;
        final Publish publish;
        /** The transaction that it is a part of, whose publishes are placed together. */
        final @Nullable TransactionPart part;

        private final @Nullable Key key;
        /** Whether another one with the same key is before it, which has to be placed first. */
        boolean isBehindItsLike;
        /** Whether the index was asked for its key. */
        boolean isAsked;
        /** Whether what the index has of its key is known. */
        boolean isKnown;
        /** Whether nobody waits for it any more. */
        boolean isGone;
        /** How often it could not be read. */
        int failures;
        /** Where there is a record of the key: the first offset of the publish before, and when its window ends. */
        long originalOffset;

        long untilMillis = Long.MIN_VALUE;

        private Waiting(PublishLine line, Publish publish, @Nullable Key key, @Nullable TransactionPart part) {
            this.line = line;
            this.publish = publish;
            this.key = key;
            this.part = part;
            isKnown = key == null;
        }

        /** The bytes that count for it while it waits. */
        long bytes() {
            return (long) publish.bodyBytes() + BESIDE_BODY_BYTES;
        }

        /** Takes what was found of its key; the newest record is the first. */
        void take(RangeScan found) {
            isKnown = true;
            if (found.records().count() > 0) {
                long value = found.records().value(0);
                untilMillis = DeduplicationRecord.untilMillis(found.records().sub(0), value);
                originalOffset = DeduplicationRecord.offset(value);
            }
        }
    }
}

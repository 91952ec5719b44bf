package io.millrace.engine;

import io.millrace.engine.index.TimeIndex;
import io.millrace.engine.queue.MessageLog;
import io.millrace.engine.queue.Producers;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.QueueLength;
import io.millrace.engine.record.RecordWriter;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.ShardLog;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The door of a shard for new messages: refuses them where there is no room, lets them wait in their order where old
 * ones are moved more slowly than new ones come. What waits is bounded together with what waits to be synced. Part of a
 * shard; the loop's.
 */
final class Intake {
    private final Shard shard;
    private final ShardLog log;
    private final RecordWriter records;
    private final Deduplication deduplication;
    private final SharedEntries shared;
    private final EntryEnvelope envelope = new EntryEnvelope();
    private final ArrayDeque<Arrival> waiting = new ArrayDeque<>();

    Intake(Shard shard, ShardLog log, RecordWriter records) {
        this.shard = shard;
        this.log = log;
        this.records = records;
        this.deduplication = new Deduplication(shard, log, this);
        this.shared = new SharedEntries(shard, this, records);
    }

    /** Has {@code publish} stored once, now or when it is its turn, or refuses it. */
    void offer(Queue queue, Publish publish) {
        Refusal refusal = refusal(publish.bodyBytes());
        if (refusal != null) {
            publish.onRefused(refusal);
        } else if (waiting.isEmpty() && !log.isBehind()) {
            deduplication.place(queue, publish);
        } else {
            await(new Arrival.Single(shard, queue, publish));
        }
    }

    /**
     * The same of {@code publishes}, which have the same body and know their queues, each another: it counts once while
     * it waits.
     */
    void offer(List<Publish> publishes) {
        Arrival arrival = new Arrival.Shared(shard, publishes);
        if (waiting.isEmpty() && !log.isBehind()) {
            arrival.place(deduplication);
            return;
        }
        Refusal refusal = refusal(arrival.bodyBytes());
        if (refusal != null) {
            arrival.refuse(refusal);
        } else {
            await(arrival);
        }
    }

    /** Has {@code part} take effect, now or when it is its turn, or refuses it. */
    void offer(TransactionPart part) {
        Refusal refusal = refusal(part.bodyBytes());
        if (refusal != null) {
            part.refuse(refusal);
        } else if (waiting.isEmpty() && !log.isBehind()) {
            deduplication.place(part);
        } else {
            await(part);
        }
    }

    private void await(Arrival arrival) {
        waiting.add(arrival);
        log.noteWaiting(arrival.bodyBytes());
    }

    /** Appends {@code publish}, past all that waits. */
    void append(Queue queue, Publish publish) {
        publish.queue = queue;
        describe(publish, shard.clock().epochMillis());
        if (envelope.producerId != 0 && !isNext(queue, publish)) {
            return;
        }
        if (isFull(publish)) {
            publish.onRefused(Refusal.QUEUE_FULL);
            return;
        }
        note(publish, envelope, records.entry(envelope, publish));
    }

    /** Appends {@code publishes}, which have the same body, each to its queue, as far as they can be shared once. */
    void append(List<Publish> publishes) {
        shared.append(publishes);
    }

    /** What was appended last, at {@code position}, has the messages of {@code publish}, as {@code entry} says. */
    void note(Publish publish, EntryEnvelope entry, long position) {
        Queue queue = publish.target();
        enter(publish, entry, position);
        arrive(shard, queue, entry, false);
        noteLength(queue, publish.count());
        queue.countPublished(publish.count());
        shard.parts().earlyAnswers().await(queue, position, publish);
        shard.touch();
    }

    /** Appends a publish of a transaction; what its envelope says holds until the next one. */
    EntryEnvelope appendOfTransaction(Queue queue, Publish publish) {
        publish.queue = queue;
        describe(publish, shard.clock().epochMillis());
        envelope.flags |= EntryEnvelope.TRANSACTIONAL;
        enter(publish, envelope, records.entry(envelope, publish));
        return envelope;
    }

    /** Answers {@code publish}, which names its producer, where it is not what the producer has to publish next. */
    private boolean isNext(Queue queue, Publish publish) {
        Producers producers = shard.queues().producers();
        switch (producers.judge(queue, envelope)) {
            case NEXT -> {
                return true;
            }
            case DUPLICATE -> {
                long offset = producers.duplicateOffset();
                shard.whenSynced(() -> publish.onDuplicate(offset), publish::onRefused);
                shard.touch();
            }
            case LONG_KNOWN -> publish.onRefused(Refusal.SEQUENCE_KNOWN);
            case OUT_OF_ORDER -> publish.onRefused(Refusal.SEQUENCE_OUT_OF_ORDER);
            case FENCED -> publish.onRefused(Refusal.PRODUCER_FENCED);
        }
        return false;
    }

    /** Whether the queue of {@code publish}, which was described last, has no room for it. */
    boolean isFull(Publish publish) {
        Queue queue = publish.target();
        QueueLength length = queue.length();
        return length != null
                && shard.parts()
                        .lengthLimits()
                        .isFull(queue, length, publish, RecordWriter.entryBytes(envelope, publish));
    }

    /** The messages of the entry that was appended last wait in {@code queue}. */
    void noteLength(Queue queue, int messages) {
        QueueLength length = queue.length();
        if (length != null) {
            length.arrive(messages, records.entryBytes());
            shard.parts().lengthLimits().note(queue);
        }
    }

    /** The bytes of the record that {@code publish} would have in {@code queue} now. */
    int recordBytes(Queue queue, Publish publish) {
        publish.queue = queue;
        return RecordWriter.entryBytes(describe(publish, shard.clock().epochMillis()), publish);
    }

    /** What the envelope of {@code publish}, which knows its queue, would say at {@code nowMillis}; until the next. */
    EntryEnvelope describe(Publish publish, long nowMillis) {
        MessageLog messages = publish.target().log();
        envelope.reset(messages.id(), messages.nextOffset(), publish.count(), nowMillis);
        publish.fill(envelope);
        publish.fillTimes(envelope, shard.time());
        return envelope;
    }

    /** Enters {@code entry}, which was appended at {@code position}, into the log that it is of. */
    private void enter(Publish publish, EntryEnvelope entry, long position) {
        Queue queue = publish.target();
        publish.firstOffset = entry.firstOffset;
        // The greatest timestamp of its messages; the clock of their publisher may be ahead.
        long entryMillis = Math.min(entry.timestampMillis, shard.clock().epochMillis());
        queue.log().append(entry.firstOffset, publish.count(), position, records.entryBytes(), entryMillis);
        shard.queues().producers().appended(queue, entry);
        queue.markDirty();
    }

    /** Why messages of {@code bodyBytes} bytes are not taken now; null where they are. */
    @Nullable
    Refusal refusal(long bodyBytes) {
        if (!log.hasSpace()) {
            return Refusal.OUT_OF_SPACE;
        }
        // A single message above the bound is let through where nothing else waits.
        long unsyncedBytes = log.unsyncedBytes();
        boolean fits = unsyncedBytes + bodyBytes <= shard.limits().unsyncedBytesMax();
        return fits || unsyncedBytes == 0 ? null : Refusal.OVERLOADED;
    }

    /** The log has caught up or fallen behind, or its space has ended or come back. */
    void review() {
        if (!log.hasSpace()) {
            refuse(Refusal.OUT_OF_SPACE); // what they wait for may never come
        }
        deduplication.review();
        while (!waiting.isEmpty() && !log.isBehind()) {
            take().place(deduplication);
        }
    }

    /** A transaction is decided: those who wait for a key of it go on. */
    void onDecided() {
        deduplication.review();
    }

    /** Refuses all that wait. */
    void refuse(Refusal reason) {
        deduplication.refuse(reason);
        while (!waiting.isEmpty()) {
            take().refuse(reason);
        }
    }

    private Arrival take() {
        Arrival next = waiting.remove();
        log.noteWaiting(-next.bodyBytes());
        return next;
    }

    /**
     * Takes the messages of an entry into the indexes, or into the order in which {@code queue} delivers, and its
     * subscriptions.
     */
    static void arrive(Shard shard, Queue queue, EntryEnvelope entry, boolean isReplayed) {
        arriveAlone(shard, queue, entry, isReplayed);
        List<Queue> subscriptions = queue.subscriptions();
        for (int i = 0; i < subscriptions.size(); i++) {
            follow(subscriptions.get(i), entry, isReplayed);
        }
    }

    /** The same without those subscriptions. */
    static void arriveAlone(Shard shard, Queue queue, EntryEnvelope entry, boolean isReplayed) {
        if (entry.isDeduplicated()) {
            shard.indexes().keys().add(entry);
        }
        noteExpiry(shard, queue, entry);
        TimeIndex due = dueIndex(shard, entry, isReplayed);
        enter(queue, entry, due != null, isReplayed);
        if (due == null) {
            return;
        }
        for (long offset = entry.firstOffset; offset < entry.firstOffset + entry.span; offset++) {
            due.add(entry.dueMillis, entry.priority, entry.logId, 0, offset);
        }
    }

    /** Takes the messages of an entry, which the source of {@code queue} has, into the order in which it delivers. */
    static void follow(Queue queue, EntryEnvelope entry, boolean isReplayed) {
        boolean isKeptBack = queue.source().subscription().delayed().contains(entry.firstOffset);
        enter(queue, entry, isKeptBack, isReplayed);
        queue.countArrived(entry.span);
        queue.markDirty();
    }

    private static void enter(Queue queue, EntryEnvelope entry, boolean isDelayed, boolean isReplayed) {
        long end = entry.firstOffset + entry.span;
        if (entry.isGrouped() && !queue.subscription().unsifted().isUsed()) {
            queue.subscription().appendGrouped(entry, isDelayed, isReplayed);
        } else if (isDelayed) {
            queue.subscription().appendDelayed(entry.firstOffset, end);
            queue.subscription().unsifted().addDelayed(entry.firstOffset, end);
        } else {
            queue.subscription().append(entry.firstOffset, end, entry.priority, isReplayed);
        }
    }

    /** Has the messages of an entry settled when they expire, if they do. */
    static void noteExpiry(Shard shard, Queue queue, EntryEnvelope entry) {
        if (entry.expiryMillis == EntryEnvelope.NONE) {
            return;
        }
        queue.markExpires();
        long end = entry.firstOffset + entry.span;
        for (long offset = entry.firstOffset; offset < end; offset++) {
            shard.indexes()
                    .expiries()
                    .add(entry.expiryMillis, entry.priority, queue.log().id(), 0, offset);
        }
    }

    /** The index that knows when the messages of an entry are due; null where they are due now. */
    static @Nullable TimeIndex dueIndex(Shard shard, EntryEnvelope entry, boolean isReplayed) {
        if (entry.dueMillis == EntryEnvelope.NONE) {
            return null;
        }
        boolean isDelay = (entry.flags & EntryEnvelope.DELAYED) != 0;
        TimeIndex due = isDelay ? shard.indexes().delays() : shard.indexes().dates();
        // In replay it is not known yet what time it is; what is due is found at the start.
        return isReplayed || entry.dueMillis > due.nowMillis() ? due : null;
    }
}

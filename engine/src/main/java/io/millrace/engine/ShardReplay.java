package io.millrace.engine;

import static io.millrace.engine.record.RecordFormat.LEASE_DURABLE;

import io.millrace.base.Check;
import io.millrace.engine.checkpoint.RestoreListener;
import io.millrace.engine.checkpoint.ShardPast;
import io.millrace.engine.checkpoint.SnapshotRestore;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.queue.MessageLog;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.Deaths;
import io.millrace.engine.record.Destinations;
import io.millrace.engine.record.LeaseGroups;
import io.millrace.engine.record.OffsetTimes;
import io.millrace.engine.record.PriorityRuns;
import io.millrace.engine.record.RecordFormat;
import io.millrace.engine.record.RunWriter;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.engine.time.ShardTime;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStore;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds a shard from the records of its log. Records before the first that was kept may be missing: what they said
 * is settled, or was said again later. Records in the middle may be missing because of damage: what is known of
 * messages through others holds, a message whose entry is lost counts as settled, one whose lease is lost is delivered
 * again, and offsets and tokens that any record names are not given out twice.
 *
 * <p>Runs on the opening thread, before the shard starts.
 */
final class ShardReplay implements Replay, RestoreListener {
    private static final long NOT_IN_SNAPSHOT = -1;

    private final Shard shard;
    private final EntryEnvelope envelope = new EntryEnvelope();
    private final Destinations destinations = new Destinations();
    private final PriorityRuns priorities = new PriorityRuns();
    private final LeaseGroups groups = new LeaseGroups();
    /** Per log of the snapshot the position below which all records are in the state that it had. */
    private final Long2LongHashMap asOfPositions = new Long2LongHashMap(NOT_IN_SNAPSHOT);

    private final LeaseTable leases;
    private final ReplayedLeases replayed;
    private final SnapshotRestore restore;
    private final TransactionReplay transactions;

    private final List<Long> droppedLogs = new ArrayList<>();
    private long lastEpoch;

    ShardReplay(Shard shard) {
        this.shard = shard;
        this.leases = shard.leases();
        this.replayed = new ReplayedLeases(shard);
        this.restore =
                new SnapshotRestore(shard.context(), shard.queues(), shard.indexes(), shard.transactionTable(), this);
        this.transactions = new TransactionReplay(shard, new TransactionLogs());
    }

    /** What was found, from which a new epoch begins. */
    ShardPast past() {
        return new ShardPast(restore.manifest(), droppedLogs, lastEpoch + 1);
    }

    @Override
    public void onManifest(byte[] manifest, SegmentStore segments) throws IOException {
        restore.run(manifest, segments);
        transactions.restored();
        Queue catalog = shard.queues().get(Shard.CATALOG_LOG);
        if (catalog != null) {
            new StoredDefinitions(shard, segments).tell(catalog);
        }
    }

    @Override
    public void onEpoch(long epoch) {
        lastEpoch = Math.max(lastEpoch, epoch);
    }

    @Override
    public void onQueue(Queue queue, long asOfPosition) {
        asOfPositions.put(queue.log().id(), asOfPosition);
    }

    @Override
    public void onRecord(long position, ByteBuf record) {
        byte kind = record.getByte(record.readerIndex());
        if (kind != RecordFormat.ENTRY && kind != RecordFormat.COMMIT && kind != RecordFormat.PREPARE) {
            transactions.endEntries();
        }
        switch (kind) {
            case RecordFormat.ENTRY, RecordFormat.SHARED -> onEntry(position, record);
            default -> onRecord(kind, position, record.skipBytes(1));
        }
    }

    private void onRecord(byte kind, long position, ByteBuf record) {
        switch (kind) {
            case RecordFormat.START -> onStart(record);
            case RecordFormat.SETTLEMENT -> onSettlement(position, record);
            case RecordFormat.LEASE -> onLease(position, record);
            case RecordFormat.LOG_STATE -> onLogState(position, record);
            case RecordFormat.DROP -> drop(record.readLong());
            case RecordFormat.COMMIT -> transactions.onCommit(position, record);
            case RecordFormat.PREPARE -> transactions.onPrepare(position, record);
            case RecordFormat.OUTCOME -> transactions.onOutcome(position, record);
            case RecordFormat.DEATH -> onDeath(position, record);
            case RecordFormat.SUBSCRIPTION -> onSubscription(position, record);
            case RecordFormat.FORGET -> transactions.onForget(position, record);
            default ->
                throw new IllegalStateException("shard " + shard.id() + " has a record of kind " + kind + " at "
                        + position + ": it was written by a newer version");
        }
    }

    private void onStart(ByteBuf record) {
        onEpoch(record.readLong());
        long wallMillis = record.readLong();
        shard.time().replay(record.readLong(), wallMillis);
    }

    @Override
    public void onLost(long from, long to, String reason) {
        // Storage has reported the damage; missing offsets are noticed by the entries behind them.
        transactions.onLost();
    }

    /** An entry of one log, or of several, each of which has it at the same position. */
    private void onEntry(long position, ByteBuf whole) {
        ByteBuf record = EntryRecord.withoutList(whole);
        try {
            destinations.read(whole, "an entry");
            envelope.read(record, record.readerIndex() + EntryRecord.ENVELOPE_AT, "an entry");
        } catch (CorruptEntryException e) {
            String place = "shard " + shard.id() + ", position " + position;
            throw new IllegalStateException(place + ": a record passed its checksum and its envelope did not", e);
        }
        int recordBytes = record.readableBytes();
        record.skipBytes(EntryRecord.ENVELOPE_AT);
        if (destinations.size() == 0) {
            onEntry(position, recordBytes, record);
        }
        for (int i = 0; i < destinations.size(); i++) {
            envelope.logId = destinations.logId(i);
            envelope.firstOffset = destinations.firstOffset(i);
            onEntry(position, recordBytes, record);
        }
    }

    private void onEntry(long position, int recordBytes, ByteBuf record) {
        boolean isOfTransaction = (envelope.flags & EntryEnvelope.TRANSACTIONAL) != 0;
        if (!isOfTransaction) {
            transactions.endEntries();
        }
        Queue queue = queue(envelope.logId, envelope.firstOffset);
        MessageLog log = queue.log();
        boolean isKnown = isKnown(envelope.logId, position);
        if (isOfTransaction) {
            transactions.onEntry(position, envelope, isKnown ? null : definition(record));
        }
        if (isKnown) {
            onKnownEntry(queue, position, recordBytes, record);
        } else {
            Check.that(
                    envelope.firstOffset >= log.nextOffset(),
                    "offsets grow: log %d, offset %d",
                    envelope.logId,
                    envelope.firstOffset);
            skip(queue, envelope.firstOffset);
            log.append(envelope.firstOffset, envelope.span, position, recordBytes, entryMillis());
            shard.queues().producers().appended(queue, envelope);
        }
        if (!isOfTransaction) {
            arrive(position, queue, envelope);
            if (!isKnown) {
                tellDefinition(record);
            }
        }
    }

    /** The messages of the entry at {@code position} are there; a snapshot may know that of some of their queues. */
    private void arrive(long position, Queue queue, EntryEnvelope entry) {
        if (!isKnown(entry.logId, position)) {
            Intake.arriveAlone(shard, queue, entry, true);
        }
        for (Queue each : queue.subscriptions()) {
            if (!isKnown(each.log().id(), position)) {
                Intake.follow(each, entry, true);
            }
        }
    }

    /** The snapshot has its state; where it is, is in the journal only. */
    private void onKnownEntry(Queue queue, long position, int recordBytes, ByteBuf record) {
        if (!queue.isSettled(envelope.firstOffset, envelope.firstOffset + envelope.span)) {
            long millis = entryMillis();
            queue.log().entries().add(envelope.firstOffset, envelope.span, position, recordBytes, millis);
            tellDefinition(record);
        }
    }

    /** The greatest timestamp of the entry; none is younger than now, whatever the clock of its publisher said. */
    private long entryMillis() {
        return Math.min(envelope.timestampMillis, shard.clock().epochMillis());
    }

    /** A copy of the body if it is a definition; else null. */
    private @Nullable ByteBuf definition(ByteBuf record) {
        return envelope.format == BodyFormat.DEFINITION
                ? Unpooled.copiedBuffer(envelope.body(record, record.readerIndex()))
                : null;
    }

    private void tellDefinition(ByteBuf record) {
        if (envelope.format == BodyFormat.DEFINITION) {
            ByteBuf body = envelope.body(record, record.readerIndex());
            shard.host().onDefinition(shard, envelope.firstOffset, body);
        }
    }

    /** Whether the snapshot has what the record at {@code position} says of log {@code logId}. */
    private boolean isKnown(long logId, long position) {
        Queue queue = shard.queues().get(logId);
        boolean isKnown = position < asOfPositions.get(logId);
        if (queue != null && !isKnown) {
            queue.markDirty();
        }
        return queue != null && isKnown;
    }

    private void onSettlement(long position, ByteBuf record) {
        long logId = record.readLong();
        boolean isKnown = isKnown(logId, position);
        RunWriter.read(record, (start, length) -> {
            Queue queue = queue(logId, start + length);
            if (!isKnown) {
                acknowledge(queue, start, start + length);
            }
            settleForSubscriptions(position, queue, start, start + length);
        });
        if (isKnown) {
            return;
        }
        OffsetTimes.read(record, (offset, from, millis) -> release(queue(logId, offset + 1), offset, from, millis));
        OffsetTimes.read(record, (offset, from, millis) -> extend(queue(logId, offset + 1), offset, from, millis));
        shard.queues().dropSettledEntries(queue(logId, 0));
    }

    /** What the log has settled is gone for all who deliver its messages. */
    private void settleForSubscriptions(long position, Queue queue, long from, long to) {
        for (Queue each : queue.subscriptions()) {
            if (!isKnown(each.log().id(), position)) {
                replayed.settle(each, from, to);
            }
        }
    }

    private void acknowledge(Queue queue, long from, long to) {
        skip(queue, to);
        if (queue.log().id() == Shard.CATALOG_LOG) {
            shard.host().onDefinitionsSettled(shard, from, to - from);
        }
        replayed.settle(queue, from, to);
    }

    private void release(Queue queue, long offset, long fromMillis, long millis) {
        skip(queue, offset + 1);
        shard.time().seen(fromMillis);
        int slot = replayed.take(queue, offset);
        if (slot < 0) {
            return;
        }
        int count = leases.deliveryCount(slot);
        int priority = leases.priority(slot);
        replayed.endUnsettled(queue, slot);
        if (millis == 0) {
            queue.subscription().returnLeased(offset, priority);
        } else {
            queue.subscription().delayLeased(offset);
            long dueMillis = ShardTime.endOf(fromMillis, millis);
            shard.indexes().delays().add(dueMillis, priority, queue.log().id(), count, offset);
        }
    }

    private void extend(Queue queue, long offset, long fromMillis, long millis) {
        skip(queue, offset + 1);
        shard.time().seen(fromMillis);
        int slot = replayed.find(queue, offset);
        if (slot >= 0) {
            leases.noteTerm(slot, fromMillis, millis);
        }
    }

    private void onDeath(long position, ByteBuf record) {
        long logId = record.readLong();
        if (!isKnown(logId, position)) {
            Deaths.read(record, (offset, reason, text) -> die(queue(logId, offset + 1), offset, reason, text));
        }
    }

    private void die(Queue queue, long offset, DeathReason reason, byte @Nullable [] text) {
        skip(queue, offset + 1);
        IndividualSubscription subscription = queue.subscription();
        int slot = replayed.take(queue, offset);
        if (slot >= 0) {
            replayed.endUnsettled(queue, slot);
            subscription.dieLeased(offset, reason, text);
        } else if (!subscription.settled().contains(offset)) {
            subscription.dieUnleased(offset, reason, text);
        }
    }

    private void onLease(long position, ByteBuf record) {
        boolean durable = (record.readByte() & LEASE_DURABLE) != 0;
        long logId = record.readLong();
        if (isKnown(logId, position)) {
            return;
        }
        long fromMillis = record.readLong();
        long millis = RecordFormat.getUnsigned(record);
        shard.time().seen(fromMillis);
        long[] token = {record.readLong()};
        onEpoch(token[0] >>> LeaseTokens.COUNTER_BITS);
        priorities.read(record);
        groups.read(record);
        RunWriter.read(record, (start, length) -> {
            Queue queue = queue(logId, start + length);
            skip(queue, start + length);
            for (long offset = start; offset < start + length; offset++) {
                int priority = priorities.next();
                int slot = lease(queue, offset, token[0]++, priority, durable);
                boolean isGrouped = groups.next();
                if (slot >= 0 && isGrouped) {
                    queue.subscription().replayGroup(offset, groups.high(), groups.low());
                }
                if (slot >= 0) {
                    leases.noteDelivery(slot, fromMillis);
                    leases.noteTerm(slot, fromMillis, millis);
                }
            }
        });
    }

    /** Returns its slot; -1 where the message is settled. */
    private int lease(Queue queue, long offset, long token, int priority, boolean durable) {
        if (queue.subscription().settled().contains(offset)) {
            return -1;
        }
        return replayed.lease(queue, offset, token, priority, durable);
    }

    @Override
    public void onStoredLease(Queue queue, ByteBuf lease) {
        long offset = lease.readLong();
        long deliveredMillis = lease.readLong();
        long fromMillis = lease.readLong();
        long lengthMillis = lease.readLong();
        long token = lease.readLong();
        int count = lease.readInt();
        int priority = lease.readInt();
        queue.subscription().restoreLeased(offset);
        onEpoch(token >>> LeaseTokens.COUNTER_BITS);
        shard.time().seen(fromMillis);
        int slot = replayed.note(queue, offset, token, count, priority, lease.readBoolean());
        leases.noteDelivery(slot, deliveredMillis);
        leases.noteTerm(slot, fromMillis, lengthMillis);
    }

    private void onSubscription(long position, ByteBuf record) {
        long logId = record.readLong();
        if (!isKnown(logId, position)) {
            Queue source = queue(record.readLong(), 0);
            replayed.forget(logId);
            long offset = record.readLong();
            boolean isSifted = (record.readByte() & RecordFormat.SUBSCRIPTION_SIFTED) != 0;
            shard.queues().begin(queue(logId, 0), source, offset, isSifted);
        }
    }

    private void onLogState(long position, ByteBuf record) {
        long logId = record.readLong();
        if (!isKnown(logId, position)) {
            long nextOffset = record.readLong();
            skip(queue(logId, nextOffset), nextOffset);
        }
    }

    private void drop(long logId) {
        Queue queue = shard.queues().get(logId);
        if (queue != null) {
            // Theirs come first, unless damage has taken them.
            List.copyOf(queue.subscriptions()).forEach(each -> drop(each.log().id()));
        }
        replayed.forget(logId);
        asOfPositions.remove(logId);
        shard.queues().forget(logId);
        droppedLogs.add(logId);
    }

    @Override
    public void onForget(long logId) {
        replayed.forget(logId);
        asOfPositions.remove(logId);
        shard.queues().takeBack(logId);
    }

    /** Ends the replay, at the time that it is now: leases of consumers that are gone end, the rest goes on. */
    void finish() {
        transactions.endEntries();
        replayed.finish();
        asOfPositions.clear();
        // A copy: what is dropped may begin a checkpoint, which goes through all of them itself.
        for (Queue queue : List.copyOf(shard.queues().all())) {
            queue.publishReadable(queue.log().nextOffset());
            shard.queues().dropSettledEntries(queue);
        }
    }

    /** The queue of a log; one seen for the first time begins at {@code offset}, all before it is settled. */
    private Queue queue(long logId, long offset) {
        Queue queue = shard.queues().get(logId);
        if (queue == null) {
            queue = shard.queues().make(logId, offset);
        }
        return queue;
    }

    /** Notes that offsets up to {@code end} were given out; those that no entry was found for are settled. */
    private void skip(Queue queue, long end) {
        Queue log = queue.source();
        long from = log.log().nextOffset();
        if (from < end) {
            log.subscription().settleUnleased(from, end);
            log.subscriptions().forEach(each -> each.subscription().settleUnleased(from, end));
            log.log().skipTo(end);
        }
    }

    /** What transactions do to logs. */
    private final class TransactionLogs implements TransactionReplay.Logs {
        @Override
        public Queue queue(long logId, long end) {
            Queue queue = ShardReplay.this.queue(logId, end);
            skip(queue, end);
            return queue;
        }

        @Override
        public boolean isKnown(long logId, long position) {
            return ShardReplay.this.isKnown(logId, position);
        }

        @Override
        public void arrive(long position, Queue queue, EntryEnvelope entry) {
            ShardReplay.this.arrive(position, queue, entry);
        }

        @Override
        public void settle(long position, Queue queue, EntryEnvelope entry) {
            long end = entry.firstOffset + entry.span;
            if (!ShardReplay.this.isKnown(entry.logId, position)) {
                replayed.settle(queue, entry.firstOffset, end);
            }
            settleForSubscriptions(position, queue, entry.firstOffset, end);
        }

        @Override
        public void onToken(long token) {
            onEpoch(token >>> LeaseTokens.COUNTER_BITS);
        }

        @Override
        public void acknowledge(Queue queue, long offset) {
            ShardReplay.this.acknowledge(queue, offset, offset + 1);
            shard.queues().dropSettledEntries(queue);
        }

        @Override
        public void endLease(Queue queue, long offset) {
            int slot = replayed.take(queue, offset);
            if (slot < 0) {
                queue.subscription().replayLeased(offset); // damage has taken the record of its lease
            } else {
                replayed.endUnsettled(queue, slot);
            }
        }
    }
}

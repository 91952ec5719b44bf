package io.millrace.engine;

import static io.millrace.engine.record.RecordFormat.LEASE_DURABLE;

import io.millrace.base.Check;
import io.millrace.engine.checkpoint.RestoreListener;
import io.millrace.engine.checkpoint.ShardPast;
import io.millrace.engine.checkpoint.SnapshotRestore;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.queue.MessageLog;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.Deaths;
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
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStore;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
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
    private static final long NOT_LEASED = -1;
    private static final long NOT_IN_SNAPSHOT = -1;

    private final Shard shard;
    private final EntryEnvelope envelope = new EntryEnvelope();
    private final PriorityRuns priorities = new PriorityRuns();
    private final LeaseGroups groups = new LeaseGroups();
    /** Per log the slot of each message that is leased. */
    private final Long2ObjectHashMap<Long2LongHashMap> slots = new Long2ObjectHashMap<>();
    /** Per log of the snapshot the position below which all records are in the state that it had. */
    private final Long2LongHashMap asOfPositions = new Long2LongHashMap(NOT_IN_SNAPSHOT);

    private final LeaseTable leases;
    private final SnapshotRestore restore;
    private final TransactionReplay transactions;

    private final List<Long> droppedLogs = new ArrayList<>();
    private long lastEpoch;

    ShardReplay(Shard shard) {
        this.shard = shard;
        this.leases = shard.leases();
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
        byte kind = record.readByte();
        if (kind != RecordFormat.ENTRY && kind != RecordFormat.COMMIT && kind != RecordFormat.PREPARE) {
            transactions.endEntries();
        }
        switch (kind) {
            case RecordFormat.START -> onStart(record);
            case RecordFormat.ENTRY -> onEntry(position, record);
            case RecordFormat.SETTLEMENT -> onSettlement(position, record);
            case RecordFormat.LEASE -> onLease(position, record);
            case RecordFormat.LOG_STATE -> onLogState(position, record);
            case RecordFormat.DROP -> drop(record.readLong());
            case RecordFormat.COMMIT -> transactions.onCommit(position, record);
            case RecordFormat.PREPARE -> transactions.onPrepare(position, record);
            case RecordFormat.OUTCOME -> transactions.onOutcome(position, record);
            case RecordFormat.DEATH -> onDeath(position, record);
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

    private void onEntry(long position, ByteBuf record) {
        int recordBytes = record.readableBytes() + 1;
        try {
            envelope.read(record, record.readerIndex(), "an entry");
        } catch (CorruptEntryException e) {
            String place = "shard " + shard.id() + ", position " + position;
            throw new IllegalStateException(place + ": a record passed its checksum and its envelope did not", e);
        }
        boolean isOfTransaction = (envelope.flags & EntryEnvelope.TRANSACTIONAL) != 0;
        if (!isOfTransaction) {
            transactions.endEntries();
        }
        Queue queue = queue(envelope.logId, envelope.firstOffset);
        MessageLog log = queue.log();
        boolean isKnown = position < asOfPositions.get(envelope.logId);
        if (isOfTransaction) {
            transactions.onEntry(envelope, isKnown, isKnown ? null : definition(record));
        }
        if (isKnown) {
            onKnownEntry(queue, position, recordBytes, record);
            return;
        }
        queue.markDirty();
        Check.that(
                envelope.firstOffset >= log.nextOffset(),
                "offsets grow: log %d, offset %d",
                envelope.logId,
                envelope.firstOffset);
        skip(queue, envelope.firstOffset);
        log.append(envelope.firstOffset, envelope.span, position, recordBytes, entryMillis());
        if (!isOfTransaction) {
            Intake.arrive(shard, queue, envelope, true);
            tellDefinition(record);
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
        if (isKnown(logId, position)) {
            return;
        }
        RunWriter.read(record, (start, length) -> acknowledge(queue(logId, start + length), start, start + length));
        OffsetTimes.read(record, (offset, from, millis) -> release(queue(logId, offset + 1), offset, from, millis));
        OffsetTimes.read(record, (offset, from, millis) -> extend(queue(logId, offset + 1), offset, from, millis));
        shard.queues().dropSettledEntries(queue(logId, 0));
    }

    private void acknowledge(Queue queue, long from, long to) {
        skip(queue, to);
        Long2LongHashMap slotByOffset = slots(queue);
        if (!slotByOffset.isEmpty()) {
            for (long offset = from; offset < to; offset++) {
                int slot = (int) slotByOffset.remove(offset);
                if (slot >= 0) {
                    leases.free(slot);
                    queue.subscription().settleLeased(offset);
                }
            }
        }
        if (queue.log().id() == Shard.CATALOG_LOG) {
            shard.host().onDefinitionsSettled(shard, from, to - from);
        }
        queue.settleUnleased(from, to);
    }

    private void release(Queue queue, long offset, long fromMillis, long millis) {
        skip(queue, offset + 1);
        shard.time().seen(fromMillis);
        int slot = (int) slots(queue).remove(offset);
        if (slot < 0) {
            return;
        }
        int count = leases.deliveryCount(slot);
        int priority = leases.priority(slot);
        leases.noteInHistory(slot, queue.subscription().history());
        leases.free(slot);
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
        int slot = (int) slots(queue).get(offset);
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
        int slot = (int) slots(queue).remove(offset);
        if (slot >= 0) {
            leases.noteInHistory(slot, subscription.history());
            leases.free(slot);
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
        onEpoch(token[0] >>> Shard.TOKEN_COUNTER_BITS);
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
        Long2LongHashMap slotByOffset = slots(queue);
        int before = (int) slotByOffset.remove(offset);
        if (before >= 0) {
            takeBack(queue, before); // its lease had run out
        }
        int count = queue.subscription().history().count(offset) + 1;
        queue.subscription().replayLeased(offset);
        return note(queue, offset, token, count, priority, durable);
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
        onEpoch(token >>> Shard.TOKEN_COUNTER_BITS);
        shard.time().seen(fromMillis);
        int slot = note(queue, offset, token, count, priority, lease.readBoolean());
        leases.noteDelivery(slot, deliveredMillis);
        leases.noteTerm(slot, fromMillis, lengthMillis);
    }

    private int note(Queue queue, long offset, long token, int count, int priority, boolean durable) {
        // When it ends is known when it is known what time it is.
        int slot = leases.lease(
                queue, offset, token, count, priority, shard.clock().nanoTime(), durable);
        slots(queue).put(offset, slot);
        return slot;
    }

    private void takeBack(Queue queue, int slot) {
        leases.noteInHistory(slot, queue.subscription().history());
        queue.subscription().returnLeased(leases.offset(slot), leases.priority(slot));
        leases.free(slot);
    }

    private void onLogState(long position, ByteBuf record) {
        long logId = record.readLong();
        if (!isKnown(logId, position)) {
            long nextOffset = record.readLong();
            skip(queue(logId, nextOffset), nextOffset);
        }
    }

    private void drop(long logId) {
        slots.remove(logId);
        asOfPositions.remove(logId);
        shard.queues().forget(logId);
        droppedLogs.add(logId);
    }

    @Override
    public void onForget(long logId) {
        slots.remove(logId);
        asOfPositions.remove(logId);
        shard.queues().takeBack(logId);
    }

    /** Ends the replay, at the time that it is now: leases of consumers that are gone end, the rest goes on. */
    void finish() {
        transactions.endEntries();
        for (int slot = 0; slot < leases.slots(); slot++) {
            if (leases.state(slot) != LeaseTable.LEASED) {
                continue;
            }
            if (leases.isDurable(slot)) {
                long endMillis = ShardTime.endOf(leases.fromMillis(slot), leases.lengthMillis(slot));
                long leftNanos = shard.time().nanosUntil(endMillis);
                leases.reschedule(slot, shard.clock().nanoTime() + leftNanos);
            } else {
                Queue queue = (Queue) leases.owner(slot);
                takeBack(queue, slot);
                queue.markDirty();
            }
        }
        slots.clear();
        asOfPositions.clear();
        // A copy: what is dropped may begin a checkpoint, which goes through all of them itself.
        for (Queue queue : List.copyOf(shard.queues().all())) {
            queue.publishReadable(queue.log().nextOffset());
            shard.queues().dropSettledEntries(queue);
        }
    }

    /** Settles what expired under a lease that has ended with the process. */
    void expireLapsed() {
        for (Queue queue : List.copyOf(shard.queues().all())) {
            OffsetSet lapsed = queue.subscription().lapsed();
            if (!lapsed.isEmpty()) {
                OffsetSet all = lapsed.copy();
                for (long offset = all.nextPresent(0); offset >= 0; offset = all.nextPresent(offset + 1)) {
                    var unused = shard.parts().settling().expire(queue, offset); // all is readable
                }
                shard.parts().settling().endExpired();
            }
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
        long from = queue.log().nextOffset();
        if (from < end) {
            queue.subscription().settleUnleased(from, end);
            queue.log().skipTo(end);
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
        public void onToken(long token) {
            onEpoch(token >>> Shard.TOKEN_COUNTER_BITS);
        }

        @Override
        public void acknowledge(Queue queue, long offset) {
            ShardReplay.this.acknowledge(queue, offset, offset + 1);
            shard.queues().dropSettledEntries(queue);
        }

        @Override
        public void endLease(Queue queue, long offset) {
            int slot = (int) slots(queue).remove(offset);
            if (slot < 0) {
                queue.subscription().replayLeased(offset); // damage has taken the record of its lease
            } else {
                leases.noteInHistory(slot, queue.subscription().history());
                leases.free(slot);
            }
        }
    }

    private Long2LongHashMap slots(Queue queue) {
        return slots.computeIfAbsent(queue.log().id(), id -> new Long2LongHashMap(NOT_LEASED));
    }
}

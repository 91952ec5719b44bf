package io.millrace.engine;

import static io.millrace.engine.RecordFormat.LEASE_DURABLE;

import io.millrace.base.Check;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.Replay;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Rebuilds a shard from the records of its log. Records before the first that was kept may be missing: what they said
 * is settled, or was said again later. Records in the middle may be missing because of damage: what is known of
 * messages through others holds, a message whose entry is lost counts as settled, one whose lease is lost is delivered
 * again, and offsets and tokens that any record names are not given out twice.
 *
 * <p>Runs on the opening thread, before the shard starts.
 */
final class ShardReplay implements Replay {
    private static final long NOT_LEASED = -1;

    private final Shard shard;
    private final EntryEnvelope envelope = new EntryEnvelope();
    /** Per log the slot of each message that is leased or delayed. */
    private final Long2ObjectHashMap<Long2LongHashMap> slots = new Long2ObjectHashMap<>();

    private final LeaseTable leases;
    /** Leases that end with the process that gave them, by slot. */
    private final OffsetSet ended = new OffsetSet();

    private long lastEpoch;

    ShardReplay(Shard shard) {
        this.shard = shard;
        this.leases = shard.leases();
    }

    long lastEpoch() {
        return lastEpoch;
    }

    @Override
    public void onRecord(long position, ByteBuf record) {
        byte kind = record.readByte();
        switch (kind) {
            case RecordFormat.START -> lastEpoch = Math.max(lastEpoch, record.readLong());
            case RecordFormat.ENTRY -> onEntry(position, record);
            case RecordFormat.SETTLEMENT -> onSettlement(record);
            case RecordFormat.LEASE -> onLease(record);
            case RecordFormat.LOG_STATE -> onLogState(position, record);
            case RecordFormat.DROP -> drop(record.readLong());
            default ->
                throw new IllegalStateException("shard " + shard.id() + " has a record of kind " + kind + " at "
                        + position + ": it was written by a newer version");
        }
    }

    @Override
    public void onLost(long from, long to, String reason) {
        // Storage has reported the damage; missing offsets are noticed by the entries behind them.
    }

    private void onEntry(long position, ByteBuf record) {
        int recordBytes = record.readableBytes() + 1;
        try {
            envelope.read(record, record.readerIndex(), "an entry");
        } catch (CorruptEntryException e) {
            String place = "shard " + shard.id() + ", position " + position;
            throw new IllegalStateException(place + ": a record passed its checksum and its envelope did not", e);
        }
        Queue queue = queue(envelope.logId, envelope.firstOffset);
        MessageLog log = queue.log();
        Check.that(
                envelope.firstOffset >= log.nextOffset(),
                "offsets grow: log %d, offset %d",
                envelope.logId,
                envelope.firstOffset);
        skip(queue, envelope.firstOffset);
        log.append(envelope.firstOffset, envelope.span, position, recordBytes);
        if (envelope.format == BodyFormat.DEFINITION) {
            ByteBuf body = record.slice(record.readerIndex() + EntryEnvelope.BYTES, envelope.bodyBytes);
            shard.host().onDefinition(shard, envelope.firstOffset, body);
        }
    }

    private void onSettlement(ByteBuf record) {
        long logId = record.readLong();
        RunWriter.read(record, (start, length) -> acknowledge(queue(logId, start + length), start, start + length));
        OffsetTimes.read(record, (offset, from, millis) -> release(queue(logId, offset + 1), offset, from, millis));
        OffsetTimes.read(record, (offset, from, millis) -> extend(queue(logId, offset + 1), offset, from, millis));
        queue(logId, 0).dropSettledEntries();
    }

    private void acknowledge(Queue queue, long from, long to) {
        skip(queue, to);
        Long2LongHashMap slotByOffset = slots(queue);
        if (!slotByOffset.isEmpty()) {
            for (long offset = from; offset < to; offset++) {
                int slot = (int) slotByOffset.remove(offset);
                if (slot >= 0 && leases.state(slot) == LeaseTable.LEASED) {
                    free(slot);
                    queue.subscription().settleLeased(offset);
                } else if (slot >= 0) {
                    free(slot);
                }
            }
        }
        if (queue.log().id() == Shard.CATALOG_LOG) {
            shard.host().onDefinitionsSettled(shard, from, to - from);
        }
        queue.subscription().settleUnleased(from, to);
    }

    private void release(Queue queue, long offset, long fromMillis, long millis) {
        skip(queue, offset + 1);
        int slot = (int) slots(queue).remove(offset);
        if (slot < 0 || leases.state(slot) != LeaseTable.LEASED) {
            return;
        }
        int count = leases.deliveryCount(slot);
        free(slot);
        if (millis == 0) {
            queue.subscription().returnLeased(offset, count);
        } else {
            queue.subscription().delayLeased(offset, count);
            slots(queue).put(offset, leases.delay(queue, offset, endNanos(fromMillis, millis)));
        }
    }

    private void extend(Queue queue, long offset, long fromMillis, long millis) {
        skip(queue, offset + 1);
        int slot = (int) slots(queue).get(offset);
        if (slot >= 0 && leases.state(slot) == LeaseTable.LEASED) {
            leases.reschedule(slot, endNanos(fromMillis, millis));
        }
    }

    private void onLease(ByteBuf record) {
        boolean durable = (record.readByte() & LEASE_DURABLE) != 0;
        long logId = record.readLong();
        long deadlineNanos = endNanos(record.readLong(), RecordFormat.getUnsigned(record));
        long[] token = {record.readLong()};
        lastEpoch = Math.max(lastEpoch, token[0] >>> Shard.TOKEN_COUNTER_BITS);
        RunWriter.read(record, (start, length) -> {
            Queue queue = queue(logId, start + length);
            skip(queue, start + length);
            for (long offset = start; offset < start + length; offset++) {
                lease(queue, offset, token[0]++, deadlineNanos, durable);
            }
        });
    }

    private void lease(Queue queue, long offset, long token, long deadlineNanos, boolean durable) {
        if (queue.subscription().settled().contains(offset)) {
            return;
        }
        Long2LongHashMap slotByOffset = slots(queue);
        int before = (int) slotByOffset.remove(offset);
        if (before >= 0) {
            takeBack(queue, offset, before); // its lease or delay had run out
        }
        int count = queue.subscription().deliveries(offset) + 1;
        queue.subscription().replayLeased(offset);
        int slot = leases.lease(queue, offset, token, count, deadlineNanos);
        slotByOffset.put(offset, slot);
        if (!durable) {
            ended.add(slot);
        }
    }

    private void takeBack(Queue queue, long offset, int slot) {
        if (leases.state(slot) == LeaseTable.LEASED) {
            queue.subscription().returnLeased(offset, leases.deliveryCount(slot));
        } else {
            queue.subscription().returnDelayed(offset);
        }
        free(slot);
    }

    private void free(int slot) {
        ended.remove(slot);
        leases.free(slot);
    }

    private void onLogState(long position, ByteBuf record) {
        long logId = record.readLong();
        long nextOffset = record.readLong();
        Queue queue = queue(logId, nextOffset);
        skip(queue, nextOffset);
        queue.log().noteState(position);
    }

    private void drop(long logId) {
        Queue queue = shard.queuesByLog().remove(logId);
        Long2LongHashMap slotByOffset = slots.remove(logId);
        if (queue != null && slotByOffset != null) {
            slotByOffset.values().forEach(slot -> free((int) (long) slot));
        }
    }

    /** Ends the replay: leases of consumers that are gone end, the rest goes on. */
    void finish() {
        for (long slot = ended.nextPresent(0); slot >= 0; slot = ended.nextPresent(slot + 1)) {
            int each = (int) slot;
            Queue queue = (Queue) leases.owner(each);
            queue.subscription().returnLeased(leases.offset(each), leases.deliveryCount(each));
            leases.free(each);
        }
        slots.clear();
        for (Queue queue : shard.queues()) {
            queue.log().publishReadable(queue.log().nextOffset());
            queue.dropSettledEntries();
        }
    }

    /** The queue of a log; one seen for the first time begins at {@code offset}, all before it is settled. */
    private Queue queue(long logId, long offset) {
        Queue queue = shard.queuesByLog().get(logId);
        if (queue == null) {
            queue = new Queue(logId, offset);
            shard.queuesByLog().put(logId, queue);
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

    private Long2LongHashMap slots(Queue queue) {
        return slots.computeIfAbsent(queue.log().id(), id -> new Long2LongHashMap(NOT_LEASED));
    }

    /**
     * When a time of {@code millis} that began at {@code fromMillis} ends. Where the wall clock was set back since, it
     * begins anew; it never becomes longer than it was.
     */
    private long endNanos(long fromMillis, long millis) {
        // Both readings of the clock were cut to whole milliseconds.
        long left = millis + 1 - Math.max(0, shard.clock().epochMillis() - fromMillis);
        long nanos = TimeUnit.MILLISECONDS.toNanos(Math.max(0, left));
        return shard.clock().nanoTime() + Math.min(nanos, TimerWheel.NANOS_MAX);
    }
}

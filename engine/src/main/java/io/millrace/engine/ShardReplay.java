package io.millrace.engine;

import static io.millrace.engine.RecordFormat.LEASE_DURABLE;

import io.millrace.storage.BodyFormat;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.Replay;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Rebuilds a shard from the records of its log. Records before the first that were kept may be missing: what they
 * said is settled, or was said again later. Runs on the opening thread, before the shard starts.
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
            envelope.read(record, record.readerIndex(), "shard " + shard.id() + ", position " + position);
        } catch (CorruptEntryException e) {
            throw new IllegalStateException("a record passed its checksum and its envelope did not", e);
        }
        Queue queue = queue(envelope.logId, envelope.firstOffset);
        MessageLog log = queue.log();
        if (envelope.firstOffset > log.nextOffset()) {
            queue.subscription().settleUnleased(log.nextOffset(), envelope.firstOffset);
        }
        log.append(envelope.firstOffset, envelope.span, position, recordBytes);
        if (envelope.format == BodyFormat.DEFINITION) {
            ByteBuf body = record.slice(record.readerIndex() + EntryEnvelope.BYTES, envelope.bodyBytes);
            shard.host().onDefinition(shard, envelope.firstOffset, body);
        }
    }

    private void onSettlement(ByteBuf record) {
        long logId = record.readLong();
        Queue queue = shard.queuesByLog().get(logId);
        if (queue == null) {
            return; // all that it speaks of was settled and forgotten
        }
        RunWriter.read(record, (start, length) -> acknowledge(queue, start, start + length));
        OffsetTimes.read(record, (offset, dueMillis) -> release(queue, offset, dueMillis));
        OffsetTimes.read(record, (offset, deadlineMillis) -> extend(queue, offset, deadlineMillis));
        queue.dropSettledEntries();
    }

    private void acknowledge(Queue queue, long from, long to) {
        long end = Math.min(to, queue.log().nextOffset());
        Long2LongHashMap slotByOffset = slots(queue);
        if (!slotByOffset.isEmpty()) {
            for (long offset = from; offset < end; offset++) {
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
            shard.host().onDefinitionsSettled(shard, from, end - from);
        }
        queue.subscription().settleUnleased(from, end);
    }

    private void release(Queue queue, long offset, long dueMillis) {
        int slot = (int) slots(queue).remove(offset);
        if (slot < 0 || leases.state(slot) != LeaseTable.LEASED) {
            return;
        }
        int count = leases.deliveryCount(slot);
        free(slot);
        if (dueMillis == 0) {
            queue.subscription().returnLeased(offset, count);
        } else {
            queue.subscription().delayLeased(offset, count);
            slots(queue).put(offset, leases.delay(queue, offset, nanosAt(dueMillis)));
        }
    }

    private void extend(Queue queue, long offset, long deadlineMillis) {
        int slot = (int) slots(queue).get(offset);
        if (slot >= 0 && leases.state(slot) == LeaseTable.LEASED) {
            leases.reschedule(slot, nanosAt(deadlineMillis));
        }
    }

    private void onLease(ByteBuf record) {
        boolean durable = (record.readByte() & LEASE_DURABLE) != 0;
        long logId = record.readLong();
        long deadlineNanos = nanosAt(record.readLong());
        long[] token = {record.readLong()};
        Queue queue = shard.queuesByLog().get(logId);
        if (queue != null) {
            RunWriter.read(record, (start, length) -> {
                for (long offset = start; offset < start + length; offset++) {
                    lease(queue, offset, token[0]++, deadlineNanos, durable);
                }
            });
        }
    }

    private void lease(Queue queue, long offset, long token, long deadlineNanos, boolean durable) {
        if (queue.subscription().settled().contains(offset)
                || offset >= queue.log().nextOffset()) {
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
        if (nextOffset > queue.log().nextOffset()) {
            queue.subscription().settleUnleased(queue.log().nextOffset(), nextOffset);
        }
        queue.log().noteState(nextOffset, position);
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

    private Long2LongHashMap slots(Queue queue) {
        return slots.computeIfAbsent(queue.log().id(), id -> new Long2LongHashMap(NOT_LEASED));
    }

    private long nanosAt(long epochMillis) {
        long millis = epochMillis - shard.clock().epochMillis();
        return shard.clock().nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }
}

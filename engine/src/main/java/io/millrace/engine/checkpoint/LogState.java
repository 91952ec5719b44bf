package io.millrace.engine.checkpoint;

import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.queue.Producers;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.subscription.SubscriptionState;
import io.millrace.storage.index.SealedRun;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.List;

/** The state of one log in a snapshot (docs/formats/snapshot.md). Stateless. */
final class LogState {
    private LogState() {}

    /**
     * Writes {@code queue} as it is now, with all records below {@code asOfPosition}, and those of {@code leases} that
     * it has.
     */
    static void write(Queue queue, long asOfPosition, LeaseTable leases, ByteBuf target) {
        target.writeLong(queue.log().id())
                .writeLong(asOfPosition)
                .writeLong(queue.log().nextOffset())
                .writeLong(queue.sourceId());
        target.writeBoolean(queue.expires());
        SubscriptionState.write(queue.subscription(), target);
        writeLeases(queue, leases, target);
        List<SealedRun> sealed =
                queue.isFollower() ? List.of() : queue.log().entries().sealed();
        target.writeInt(sealed.size());
        ByteBuffer run = ByteBuffer.allocate(SealedRun.STORED_BYTES);
        for (SealedRun each : sealed) {
            each.writeTo(run.clear());
            target.writeBytes(run.flip());
        }
        Producers.write(queue, target);
    }

    private static void writeLeases(Queue queue, LeaseTable leases, ByteBuf target) {
        int countAt = target.writerIndex();
        int count = 0;
        target.writeInt(0);
        for (int slot = leases.firstOf(queue); slot >= 0; slot = leases.nextOf(slot)) {
            target.writeLong(leases.offset(slot))
                    .writeLong(leases.deliveredMillis(slot))
                    .writeLong(leases.fromMillis(slot))
                    .writeLong(leases.lengthMillis(slot))
                    .writeLong(leases.token(slot))
                    .writeInt(leases.deliveryCount(slot))
                    .writeInt(leases.priority(slot))
                    .writeBoolean(leases.isDurable(slot));
            count++;
        }
        target.setInt(countAt, count);
    }

    /** Reads what {@link #write} wrote into a new one of {@code queues}; {@code listener} takes its leases up. */
    static void read(ByteBuf source, ShardQueues queues, RestoreListener listener) {
        long logId = source.readLong();
        long asOfPosition = source.readLong();
        Queue queue = queues.make(logId, source.readLong());
        queue.restoreSource(source.readLong());
        listener.onQueue(queue, asOfPosition);
        if (source.readBoolean()) {
            queue.markExpires();
        }
        SubscriptionState.restore(queue.subscription(), source);
        for (int left = source.readInt(); left > 0; left--) {
            listener.onStoredLease(queue, source);
        }
        byte[] run = new byte[SealedRun.STORED_BYTES];
        for (int left = source.readInt(); left > 0; left--) {
            source.readBytes(run);
            queue.log().entries().addSealed(SealedRun.read(ByteBuffer.wrap(run)));
        }
        queues.producers().read(queue, source);
    }
}

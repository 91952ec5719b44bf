package io.millrace.engine;

import io.millrace.storage.index.SealedRun;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** The state of one log in a snapshot (docs/formats/snapshot.md). Stateless. */
final class LogState {
    private LogState() {}

    /** Writes {@code queue} as it is now, with all records below {@code asOfPosition}. */
    static void write(Queue queue, long asOfPosition, Shard shard, ByteBuf target) {
        target.writeLong(queue.log().id())
                .writeLong(asOfPosition)
                .writeLong(queue.log().nextOffset());
        queue.subscription().writeTo(target);
        writeSlots(queue, shard, target);
        target.writeInt(queue.log().entries().sealed().size());
        ByteBuffer run = ByteBuffer.allocate(SealedRun.STORED_BYTES);
        for (SealedRun each : queue.log().entries().sealed()) {
            each.writeTo(run.clear());
            target.writeBytes(run.flip());
        }
    }

    private static void writeSlots(Queue queue, Shard shard, ByteBuf target) {
        LeaseTable leases = shard.leases();
        int countAt = target.writerIndex();
        int count = 0;
        target.writeInt(0);
        for (int slot = leases.firstOf(queue); slot >= 0; slot = leases.nextOf(slot)) {
            boolean leased = leases.state(slot) == LeaseTable.LEASED;
            target.writeByte(leases.state(slot))
                    .writeLong(leases.offset(slot))
                    .writeLong(leases.fromMillis(slot))
                    .writeLong(leases.lengthMillis(slot));
            if (leased) {
                target.writeLong(leases.token(slot))
                        .writeInt(leases.deliveryCount(slot))
                        .writeBoolean(leases.isDurable(slot));
            }
            count++;
        }
        target.setInt(countAt, count);
    }

    /** Reads what {@link #write} wrote into a new queue of {@code shard}. */
    static Queue read(ByteBuf source, Shard shard, ShardReplay replay) {
        long logId = source.readLong();
        long asOfPosition = source.readLong();
        Queue queue = shard.queues().make(logId, source.readLong());
        queue.asOfPosition = asOfPosition;
        queue.subscription().restore(source);
        for (int left = source.readInt(); left > 0; left--) {
            byte state = source.readByte();
            long offset = source.readLong();
            long fromMillis = source.readLong();
            long lengthMillis = source.readLong();
            if (state == LeaseTable.LEASED) {
                long token = source.readLong();
                int count = source.readInt();
                replay.restoreLease(queue, offset, token, count, fromMillis, lengthMillis, source.readBoolean());
            } else {
                replay.restoreDelay(queue, offset, fromMillis, lengthMillis);
            }
        }
        byte[] run = new byte[SealedRun.STORED_BYTES];
        for (int left = source.readInt(); left > 0; left--) {
            source.readBytes(run);
            queue.log().entries().addSealed(SealedRun.read(ByteBuffer.wrap(run)));
        }
        return queue;
    }
}

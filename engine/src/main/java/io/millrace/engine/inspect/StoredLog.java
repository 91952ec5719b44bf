package io.millrace.engine.inspect;

import io.millrace.engine.index.ShardIndexes;
import io.millrace.engine.offset.DeliveryHistory;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.subscription.DeadMessages;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.index.SealedRun;
import io.millrace.storage.run.RunListing;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of a log as a snapshot holds it, for tools that look at it (docs/formats/snapshot.md).
 *
 * @param logId the log
 * @param asOfPosition the position up to which its records are in the state
 * @param nextOffset the offset of its next message
 * @param source the log whose messages it has; {@link Queue#NO_SOURCE} where they are its own
 * @param floor every offset below it is settled
 * @param cursor the next offset to deliver for the first time
 * @param settledAbove how many offsets above the floor are settled
 * @param delayed how many messages are delayed
 * @param damaged how many messages cannot be read
 * @param dead how many messages are not delivered any more, and wait to be moved
 * @param leases how many leases it names
 * @param priorityRuns the segments of the runs of its index by priority
 * @param groupRuns the segments of the runs of its index by group
 * @param runs the entries that are in segments and adopted extents
 */
record StoredLog(
        long logId,
        long asOfPosition,
        long nextOffset,
        long source,
        long floor,
        long cursor,
        long settledAbove,
        long delayed,
        long damaged,
        long dead,
        int leases,
        List<Long> priorityRuns,
        List<Long> groupRuns,
        List<SealedRun> runs) {
    /** Offset, delivery, begin, length, token, delivery count, priority, durability. */
    private static final int LEASE_BYTES = 5 * Long.BYTES + 2 * Integer.BYTES + 1;

    /** From, to, priority. */
    private static final int ARRIVAL_BYTES = 2 * Long.BYTES + Integer.BYTES;

    private static final int GROUP_BYTES = 3 * Long.BYTES;

    /** The numbers of the first and the last message, and an offset. */
    private static final int PUBLISH_BYTES = 2 * Integer.BYTES + Long.BYTES;

    /** Reads the state of one log to its end. */
    static StoredLog read(ByteBuf source) {
        long logId = source.readLong();
        long asOfPosition = source.readLong();
        long nextOffset = source.readLong();
        long sourceId = source.readLong();
        source.readBoolean(); // whether messages may expire
        long floor = source.readLong();
        long cursor = source.readLong();
        source.readInt(); // the base priority
        long settledAbove = OffsetSet.read(source).size();
        long delayed = OffsetSet.read(source).size();
        long damaged = OffsetSet.read(source).size();
        OffsetSet.read(source); // what is set aside
        OffsetSet.read(source); // what has expired under leases
        long dead = DeadMessages.read(source).size();
        new DeliveryHistory().restore(source);
        List<Long> priorityRuns = new ArrayList<>();
        List<Long> groupRuns = new ArrayList<>();
        readIndexes(source, priorityRuns, groupRuns);
        if (source.readBoolean()) {
            OffsetSet.read(source); // what was not looked at yet
        }
        int leases = source.readInt();
        source.skipBytes(leases * LEASE_BYTES);
        List<SealedRun> runs = new ArrayList<>();
        byte[] run = new byte[SealedRun.STORED_BYTES];
        for (int left = source.readInt(); left > 0; left--) {
            source.readBytes(run);
            runs.add(SealedRun.read(ByteBuffer.wrap(run)));
        }
        for (int left = source.readInt(); left > 0; left--) {
            source.skipBytes(Long.BYTES + Short.BYTES); // a producer and its epoch
            source.skipBytes(source.readByte() * PUBLISH_BYTES);
        }
        return new StoredLog(
                logId,
                asOfPosition,
                nextOffset,
                sourceId,
                floor,
                cursor,
                settledAbove,
                delayed,
                damaged,
                dead,
                leases,
                priorityRuns,
                groupRuns,
                runs);
    }

    private static void readIndexes(ByteBuf source, List<Long> priorityRuns, List<Long> groupRuns) {
        if (source.readBoolean()) {
            OffsetSet.read(source);
            source.skipBytes(source.readInt() * ARRIVAL_BYTES);
            priorityRuns.addAll(segments(source, ShardIndexes.KIND_PRIORITIES));
        }
        if (source.readBoolean()) {
            OffsetSet.read(source);
            OffsetSet.read(source);
            source.skipBytes(source.readInt() * GROUP_BYTES);
            groupRuns.addAll(segments(source, ShardIndexes.KIND_GROUPS));
        }
    }

    private static List<Long> segments(ByteBuf source, int kind) {
        try {
            return RunListing.described(source, kind);
        } catch (CorruptEntryException e) {
            throw new IllegalStateException("the description of an index is damaged in a sound snapshot", e);
        }
    }
}

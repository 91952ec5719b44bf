package io.millrace.engine;

import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.engine.offset.SettledSet;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.Destinations;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.index.IndexCursor;
import io.millrace.storage.index.SealedRun;
import io.millrace.storage.segment.RunReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.agrona.collections.Long2LongHashMap;

/**
 * Counts what lives in a shard and where it is: a shard that is replayed as at a start, and never started. A receiver
 * of the replay of a directory that is only looked at; for its thread. Of each entry that the journal holds it keeps
 * when it was stored, 16 bytes, for each log that has it.
 */
public final class ShardCensus implements Replay {
    /** When the message that was stored first was stored, where that cannot be read or there is none. */
    public static final long UNKNOWN = -1;

    private final Shard shard;
    private final Replay replay;
    private final EntryEnvelope envelope = new EntryEnvelope();
    private final Destinations destinations = new Destinations();
    /** Per log when the entries that the journal holds were stored, by their first offsets. */
    private final Map<Long, Long2LongHashMap> storedMillis = new HashMap<>();

    /** Is told what lives. */
    public interface Visitor {
        /** Log {@code logId} has so many messages that nobody has settled, the first stored at {@code oldestMillis}. */
        void onLog(long logId, long messages, long oldestMillis);

        /**
         * A record of {@code bytes} bytes holds such messages of log {@code logId}, and perhaps of others: at {@code
         * address} of a segment; or where that is {@link ReadBatch#LOG}, of the shard's log, adopted or in the journal.
         */
        void onRecord(long logId, long segment, long address, int bytes, boolean inJournal);
    }

    /** A census of shard {@code id}; {@code host} is told of definitions. */
    public ShardCensus(int id, Clock clock, ShardHost host) {
        shard = new Shard(id, clock, new NoLoop(), host, EngineLimits.DEFAULT);
        replay = shard.replay();
    }

    @Override
    public void onManifest(byte[] manifest, SegmentStore segments) throws IOException {
        replay.onManifest(manifest, segments);
    }

    @Override
    public void onRecord(long position, ByteBuf record) {
        try {
            EntryRecord.verify(EntryRecord.withoutList(record), envelope, "an entry");
            destinations.read(record, "an entry");
            if (destinations.size() == 0) {
                destinations.add(envelope.logId, envelope.firstOffset);
            }
            for (int i = 0; i < destinations.size(); i++) {
                storedMillis
                        .computeIfAbsent(destinations.logId(i), any -> new Long2LongHashMap(UNKNOWN))
                        .put(destinations.firstOffset(i), envelope.timestampMillis);
            }
        } catch (CorruptEntryException e) {
            // Another record, or one that the replay will complain of.
        }
        replay.onRecord(position, record);
    }

    @Override
    public void onLost(long from, long to, String reason) {
        replay.onLost(from, to, reason);
    }

    /** Tells what lives, after the replay; {@code store} is that of the shard. Fails where an index is damaged. */
    public void count(SegmentStore store, Visitor visitor) throws IOException {
        for (Queue queue : shard.queues().all()) {
            try {
                if (!queue.isFollower()) {
                    count(queue, store, visitor);
                }
            } catch (CorruptEntryException e) {
                throw new IOException("the index of log " + queue.log().id() + " is damaged", e);
            }
        }
    }

    private void count(Queue queue, SegmentStore store, Visitor visitor) throws IOException, CorruptEntryException {
        long logId = queue.log().id();
        long messages = 0;
        long oldest = UNKNOWN;
        for (SealedRun run : queue.log().entries().sealed()) {
            for (RunReader reader = new RunReader(store, run); reader.next(); ) {
                IndexCursor entry = reader.entry();
                int alive = alive(queue, entry);
                if (alive > 0) {
                    oldest = messages == 0 ? storedMillis(store, entry) : oldest;
                    visitor.onRecord(logId, entry.segment(), entry.address(), entry.bytes(), false);
                }
                messages += alive;
            }
        }
        long[] journal = {messages, oldest};
        Long2LongHashMap times = storedMillis.getOrDefault(logId, new Long2LongHashMap(UNKNOWN));
        queue.log().entries().visitBelow(Long.MAX_VALUE, entry -> {
            int alive = alive(queue, entry);
            if (alive > 0) {
                journal[1] = journal[0] == 0 ? times.get(entry.firstOffset()) : journal[1];
                visitor.onRecord(logId, ReadBatch.LOG, entry.address(), entry.bytes(), true);
            }
            journal[0] += alive;
        });
        visitor.onLog(logId, journal[0], journal[1]);
    }

    private static int alive(Queue queue, IndexCursor entry) {
        SettledSet settled = queue.subscription().settled();
        long end = entry.firstOffset() + entry.span();
        int alive = 0;
        for (long at = settled.nextUnsettled(entry.firstOffset()); at < end; at = settled.nextUnsettled(at)) {
            long next = settled.nextSettled(at, end);
            alive += (int) (next - at);
            at = next;
        }
        return alive;
    }

    private long storedMillis(SegmentStore store, IndexCursor entry) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(entry.bytes());
        if (entry.segment() == ReadBatch.LOG) {
            store.readLog(entry.address(), record);
        } else {
            store.read(entry.segment(), entry.address(), record);
        }
        try {
            EntryRecord.verify(Unpooled.wrappedBuffer(record.flip()), envelope, "an entry");
            return envelope.timestampMillis;
        } catch (CorruptEntryException e) {
            return UNKNOWN;
        }
    }

    /** A shard that is never started has nothing to run. */
    private static final class NoLoop implements Loop {
        @Override
        public void execute(Runnable task) {
            throw new IllegalStateException("the shard is not started");
        }

        @Override
        public Timer schedule(Runnable task, long delayNanos) {
            throw new IllegalStateException("the shard is not started");
        }

        @Override
        public boolean isCurrent() {
            return true;
        }
    }
}

package io.millrace.engine.queue;

import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who numbers what it publishes to the logs of a shard, and how far each has come in each log: so a publish that is
 * repeated is known, and one before which others are missing. A producer has an id, and an epoch that grows whenever it
 * begins anew; within it its messages are numbered from 0 on, and 2^31 - 1 is followed by 0.
 *
 * <p>Of each the last {@value Producer#KNOWN} publishes are known. Of more than {@value #PRODUCERS_MAX} producers those
 * are forgotten that have published least recently, and then may begin with any number, as new ones may. The loop's.
 */
public final class Producers {
    /** About 200 bytes each. */
    static final int PRODUCERS_MAX = 50_000;

    /** What is to become of a publish. */
    public enum Verdict {
        /** It is next. */
        NEXT,
        /** It was stored before, at {@link Producers#duplicateOffset}. */
        DUPLICATE,
        /** It was stored before; where, is not known any more. */
        LONG_KNOWN,
        /** It does not follow what was stored last. */
        OUT_OF_ORDER,
        /** Its producer has begun anew since. */
        FENCED
    }

    private final int producersMax;
    private final Producer ends = new Producer(null, 0, 0);
    private int size;
    private long duplicateOffset;

    Producers() {
        this(PRODUCERS_MAX);
    }

    Producers(int producersMax) {
        this.producersMax = producersMax;
        ends.before = ends;
        ends.after = ends;
    }

    /** Judges the publish to {@code queue} that {@code entry} describes, which names a producer. */
    public Verdict judge(Queue queue, EntryEnvelope entry) {
        Producer known = find(queue, entry.producerId);
        if (known == null) {
            return Verdict.NEXT;
        }
        if (entry.producerEpoch != known.epoch) {
            if (entry.producerEpoch < known.epoch) {
                return Verdict.FENCED;
            }
            return entry.producerSequence == 0 ? Verdict.NEXT : Verdict.OUT_OF_ORDER;
        }
        int last = plus(entry.producerSequence, entry.count - 1);
        int place = known.find(entry.producerSequence, last);
        if (place >= 0) {
            duplicateOffset = known.offsets[place];
            return Verdict.DUPLICATE;
        }
        if (entry.producerSequence == plus(known.lastSequence(), 1)) {
            return Verdict.NEXT;
        }
        boolean isBehind = (known.lastSequence() - last & Integer.MAX_VALUE) < 1 << 30;
        return isBehind ? Verdict.LONG_KNOWN : Verdict.OUT_OF_ORDER;
    }

    /** Where the publish that was judged last, a duplicate, is stored. */
    public long duplicateOffset() {
        return duplicateOffset;
    }

    /** Takes note of what {@code entry} has of a producer, if it names one: it was appended to {@code queue}. */
    public void appended(Queue queue, EntryEnvelope entry) {
        if (entry.producerId == 0) {
            return;
        }
        Producer producer = find(queue, entry.producerId);
        if (producer == null || producer.epoch != entry.producerEpoch) {
            if (producer != null) {
                remove(producer);
            }
            producer = add(queue, entry.producerId, entry.producerEpoch);
        } else {
            unlink(producer);
            link(producer);
        }
        producer.add(entry.producerSequence, plus(entry.producerSequence, entry.count - 1), entry.firstOffset);
    }

    private @Nullable Producer find(Queue queue, long id) {
        return queue.producers == null ? null : queue.producers.get(id);
    }

    private Producer add(Queue queue, long id, int epoch) {
        if (size >= producersMax) {
            remove(ends.after);
        }
        Producer added = new Producer(queue, id, epoch);
        if (queue.producers == null) {
            queue.producers = new Long2ObjectHashMap<>();
        }
        queue.producers.put(id, added);
        size++;
        link(added);
        return added;
    }

    private void remove(Producer producer) {
        Queue queue = producer.queue;
        if (queue != null && queue.producers != null) {
            queue.producers.remove(producer.id);
            queue.markDirty();
        }
        unlink(producer);
        size--;
    }

    private void link(Producer last) {
        last.before = ends.before;
        last.after = ends;
        ends.before.after = last;
        ends.before = last;
    }

    private static void unlink(Producer producer) {
        producer.before.after = producer.after;
        producer.after.before = producer.before;
    }

    /** The queue is gone. */
    void forget(Queue queue) {
        if (queue.producers != null) {
            queue.producers.values().forEach(each -> {
                unlink(each);
                size--;
            });
            queue.producers = null;
        }
    }

    /** How many there are, of all logs. */
    int size() {
        return size;
    }

    /** The sequence number {@code more} behind {@code sequence}. */
    private static int plus(int sequence, int more) {
        return sequence + more & Integer.MAX_VALUE;
    }

    /** Writes those of {@code queue}. */
    public static void write(Queue queue, ByteBuf target) {
        Long2ObjectHashMap<Producer> all = queue.producers;
        target.writeInt(all == null ? 0 : all.size());
        if (all != null) {
            all.values().forEach(each -> each.writeTo(target));
        }
    }

    /** Reads what {@link #write} wrote for {@code queue}, which has none. */
    public void read(Queue queue, ByteBuf source) {
        for (int left = source.readInt(); left > 0; left--) {
            Producer producer = add(queue, source.readLong(), source.readUnsignedShort());
            for (int publishes = source.readByte(); publishes > 0; publishes--) {
                producer.add(source.readInt(), source.readInt(), source.readLong());
            }
        }
    }
}

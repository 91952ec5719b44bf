package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.read.EntrySet;
import io.millrace.engine.read.ShardReads;
import io.millrace.storage.ShardLog;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Messages handed to a consumer, each under a lease of its own. Filled on the loop of the shard, then owned by whoever
 * received it: one thread at a time, which calls {@link #release} when it has read the bodies.
 */
public final class Deliveries {
    private final long storedIn;
    private final EntrySet entries;
    private long[] offsets;
    private long[] tokens;
    private int[] deliveryCounts;
    private int[] places;
    private int size;

    /** Makes room for {@code capacity} messages, 0 or more, that log {@code storedIn} has; it grows. */
    Deliveries(long storedIn, int capacity, ShardLog log, ShardReads reads, Runnable whenComplete) {
        this.storedIn = storedIn;
        entries = new EntrySet(capacity, log, reads, whenComplete);
        offsets = new long[capacity];
        tokens = new long[capacity];
        deliveryCounts = new int[capacity];
        places = new int[capacity];
    }

    void add(long offset, long token, int deliveryCount, int place) {
        if (size == offsets.length) {
            int capacity = Math.max(4, size * 4);
            offsets = Arrays.copyOf(offsets, capacity);
            tokens = Arrays.copyOf(tokens, capacity);
            deliveryCounts = Arrays.copyOf(deliveryCounts, capacity);
            places = Arrays.copyOf(places, capacity);
        }
        offsets[size] = offset;
        tokens[size] = token;
        deliveryCounts[size] = deliveryCount;
        places[size] = place;
        size++;
    }

    EntrySet entries() {
        return entries;
    }

    boolean isReadable(int index) {
        return entries.entry(places[index]) != null;
    }

    Exception failure(int index) {
        return entries.failureAt(places[index]);
    }

    /** Takes the message at {@code index} out; those behind it move up. */
    void remove(int index) {
        int behind = size - index - 1;
        System.arraycopy(offsets, index + 1, offsets, index, behind);
        System.arraycopy(tokens, index + 1, tokens, index, behind);
        System.arraycopy(deliveryCounts, index + 1, deliveryCounts, index, behind);
        System.arraycopy(places, index + 1, places, index, behind);
        size--;
    }

    /** The number of messages. */
    public int size() {
        return size;
    }

    /** The log that the messages were published to: for a subscription of a topic its partition. */
    public long storedIn() {
        return storedIn;
    }

    /** The offset of message {@code index}. */
    public long offset(int index) {
        return offsets[index];
    }

    /** The token of its lease; grows from delivery to delivery of a queue. */
    public long leaseToken(int index) {
        return tokens[index];
    }

    /** How often it was delivered, this time included. */
    public int deliveryCount(int index) {
        return deliveryCounts[index];
    }

    /** The entry that it is in, from the envelope on; valid until {@link #release}. */
    public ByteBuf entry(int index) {
        return Check.notNull(entries.entry(places[index]), "a message that cannot be read is not delivered");
    }

    /** Which message of the entry it is, from 0. */
    public int indexInEntry(int index) {
        return (int) (offsets[index] - entries.firstOffset(places[index]));
    }

    /** Gives the memory back. Once. */
    public void release() {
        entries.release();
    }
}

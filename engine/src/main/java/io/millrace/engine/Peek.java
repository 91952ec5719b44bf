package io.millrace.engine;

import io.millrace.engine.read.EntrySet;
import io.millrace.storage.CorruptEntryException;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A look at messages of a queue that disturbs nothing. A door subclasses it; {@link Shard#peek} takes it, and exactly
 * one outcome is called on the shard's loop. After {@link #onPeeked} the receiver calls {@link #release}.
 */
public abstract class Peek {
    /** Where a message stands. */
    public enum State {
        /** It can be delivered, of a group when all before it are done with and its turn has come. */
        READY,
        /** A consumer holds it. */
        LEASED,
        /** It is not due yet, by its date or its delay. */
        DELAYED,
        /** It is not delivered any more, and waits to be moved to where the dead letters of its queue go. */
        DEAD,
        /** What is stored of it does not have its checksum. */
        DAMAGED
    }

    /** The place of a message whose entry cannot be found. */
    static final int NO_ENTRY = -1;

    private final long fromOffset;
    private final int messagesMax;
    private final int bytesMax;
    private final @Nullable State only;
    private long[] offsets = new long[8];
    private State[] states = new State[8];
    private int[] deliveryCounts = new int[8];
    private int[] places = new int[8];
    private int size;
    private long nextOffset;
    private boolean sawAll;
    private long storedIn;

    @Nullable
    EntrySet entries;

    /**
     * Looks at up to {@code messagesMax} messages of about {@code bytesMax} bytes from {@code fromOffset} on; only
     * those in state {@code only} where that is given.
     */
    protected Peek(long fromOffset, int messagesMax, int bytesMax, @Nullable State only) {
        this.fromOffset = fromOffset;
        this.messagesMax = messagesMax;
        this.bytesMax = bytesMax;
        this.only = only;
    }

    /** The messages are there. */
    protected abstract void onPeeked();

    /** They are not. */
    protected abstract void onRefused(Refusal reason);

    long fromOffset() {
        return fromOffset;
    }

    int messagesMax() {
        return messagesMax;
    }

    int bytesMax() {
        return bytesMax;
    }

    @Nullable
    State only() {
        return only;
    }

    void add(long offset, State state, int deliveryCount, int place) {
        if (size == offsets.length) {
            int capacity = size * 2;
            offsets = Arrays.copyOf(offsets, capacity);
            states = Arrays.copyOf(states, capacity);
            deliveryCounts = Arrays.copyOf(deliveryCounts, capacity);
            places = Arrays.copyOf(places, capacity);
        }
        offsets[size] = offset;
        states[size] = state;
        deliveryCounts[size] = deliveryCount;
        places[size] = place;
        size++;
    }

    /** Takes the message at {@code index} out; those behind it move up. */
    void remove(int index) {
        int behind = size - index - 1;
        System.arraycopy(offsets, index + 1, offsets, index, behind);
        System.arraycopy(states, index + 1, states, index, behind);
        System.arraycopy(deliveryCounts, index + 1, deliveryCounts, index, behind);
        System.arraycopy(places, index + 1, places, index, behind);
        size--;
    }

    /** Forgets what was gathered, which is to be found anew. */
    void clear() {
        release();
        size = 0;
    }

    void begin(long log, EntrySet read) {
        storedIn = log;
        entries = read;
    }

    void end(long offset) {
        nextOffset = offset;
    }

    /** It ends at {@code offset}; {@code readable} is where the messages that can be read end. */
    void end(long offset, long readable) {
        nextOffset = offset;
        sawAll = offset >= readable;
    }

    /** The log that the messages were published to: for a subscription of a topic its partition. */
    public final long storedIn() {
        return storedIn;
    }

    /** The number of messages. */
    public final int size() {
        return size;
    }

    /** The offset of message {@code index}. */
    public final long offset(int index) {
        return offsets[index];
    }

    /** Where message {@code index} stands. */
    public final State state(int index) {
        return isReadable(index) ? states[index] : State.DAMAGED;
    }

    /** How often message {@code index} was delivered; without the delivery that is under way, if one is. */
    public final int deliveryCount(int index) {
        return deliveryCounts[index];
    }

    /** Whether message {@code index} could be read. */
    public final boolean isReadable(int index) {
        return entries != null && places[index] != NO_ENTRY && entries.entry(places[index]) != null;
    }

    /** Why message {@code index} cannot be read. */
    final Exception failure(int index) {
        return entries == null || places[index] == NO_ENTRY
                ? new CorruptEntryException("the index", "the block with it is damaged")
                : entries.failureAt(places[index]);
    }

    /** The entry that message {@code index}, which is readable, is in, from the envelope on. */
    public final ByteBuf entry(int index) {
        ByteBuf entry = entries == null || places[index] == NO_ENTRY ? null : entries.entry(places[index]);
        if (entry == null) {
            throw new IllegalStateException("message " + offsets[index] + " is damaged");
        }
        return entry;
    }

    /** Which message of its entry message {@code index} is, from 0. */
    public final int indexInEntry(int index) {
        if (entries == null || places[index] == NO_ENTRY) {
            return 0;
        }
        return (int) (offsets[index] - entries.firstOffset(places[index]));
    }

    /** Where the next look goes on; past the end where this one saw everything. */
    public final long nextOffset() {
        return nextOffset;
    }

    /** Whether there was nothing behind what this look saw. */
    public final boolean sawAll() {
        return sawAll;
    }

    /** Gives the memory back. */
    public final void release() {
        if (entries != null) {
            entries.release();
        }
    }
}

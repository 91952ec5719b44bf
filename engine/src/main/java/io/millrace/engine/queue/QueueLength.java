package io.millrace.engine.queue;

import io.millrace.base.Check;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.policy.LengthPolicy;
import org.jspecify.annotations.Nullable;

/** How long a queue is that is not to get longer than its policy says. The loop's. */
public final class QueueLength {
    private final Queue queue;
    private LengthPolicy policy;
    /** Null where there is no bound in bytes. */
    private @Nullable WaitingBytes bytes;
    /** No message below it waits. */
    private long oldestFrom;
    /** What a transaction wants to add, while it is being asked for. */
    private long askedMessages;

    private long askedBytes;
    private boolean loading;
    private boolean noted;

    QueueLength(Queue queue, LengthPolicy policy) {
        this.queue = queue;
        this.policy = policy;
        set(policy);
    }

    /** What it is held to. */
    public LengthPolicy policy() {
        return policy;
    }

    /** It is held to {@code newPolicy} from now on. */
    void set(LengthPolicy newPolicy) {
        // What transactions have published that are not decided counts or does not.
        boolean isSameCount = newPolicy.isRejecting() == policy.isRejecting();
        policy = newPolicy;
        if (policy.bytesMax() == LengthPolicy.UNLIMITED) {
            bytes = null;
        } else if (bytes == null || !isSameCount) {
            bytes = new WaitingBytes(queue);
        }
    }

    /** Whether messages are kept for it that only transactions see: they have to find room when they are decided. */
    boolean countsUndecided() {
        return policy.isRejecting();
    }

    // What changes it.

    /** Messages were appended that wait, in an entry whose record has so many bytes. */
    public void arrive(int messages, int recordBytes) {
        if (bytes != null) {
            bytes.arrive(messages, recordBytes);
        }
    }

    /** Messages of a transaction that is not decided yet were appended, in an entry of so many bytes. */
    void hold(long from, long to, int recordBytes) {
        if (countsUndecided()) {
            arrive((int) (to - from), recordBytes);
        } else if (bytes != null) {
            bytes.leaveOut(from, to);
        }
    }

    /** Something has become of messages. */
    void change(long from, long to) {
        if (from < oldestFrom && queue.isWaiting(from)) {
            oldestFrom = from;
        }
        if (bytes != null) {
            bytes.change(from, to);
        }
    }

    /** Messages from {@code offset} on have become readable. */
    void readableFrom(long offset) {
        oldestFrom = Math.min(oldestFrom, offset);
    }

    // How it is.

    /** How many messages wait. */
    public long messages() {
        return queue.waiting();
    }

    /** How many bytes they take, but for what has to be looked at ({@link #count}); 0 where there is no bound. */
    public long bytes() {
        return bytes == null ? 0 : bytes.bytes();
    }

    /** Whether it is longer than it is to be; of bytes as soon as these are known. */
    public boolean isOver() {
        return (policy.messagesMax() != LengthPolicy.UNLIMITED && messages() > policy.messagesMax())
                || (bytes != null && bytes.isExact() && bytes.bytes() > policy.bytesMax());
    }

    /** Whether {@link #count} has something to do. */
    public boolean hasChanged() {
        return bytes != null && !bytes.isExact();
    }

    /**
     * Finds out what messages take that have arrived or gone, of at most so many. Returns whether a block of the index
     * has to be read first, the one that was just missed.
     */
    public boolean count(int most) {
        return bytes != null && bytes.count(most);
    }

    /** The oldest message that waits and, if it is not of the plain ones, is readable; -1 where there is none. */
    public long oldest() {
        long end = queue.log().nextOffset();
        long ready = queue.subscription().view().nextReady(oldestFrom, end);
        OffsetSet delayed = queue.subscription().delayed();
        long first = delayed.nextPresent(oldestFrom);
        while (first >= 0 && first < ready && !queue.isWaiting(first)) {
            first = delayed.nextPresent(first + 1);
        }
        long oldest = first >= 0 ? Math.min(first, ready) : ready;
        oldestFrom = oldest;
        return oldest < end ? oldest : -1;
    }

    // Room.

    /**
     * Whether there is room for so many messages in entries of so many bytes, beside what was {@linkplain #ask asked}
     * for. A message that would have none in an empty queue never has.
     */
    public boolean hasRoom(int messages, long recordBytes) {
        boolean hasBytes = policy.bytesMax() == LengthPolicy.UNLIMITED;
        if (!policy.isRejecting()) {
            return hasBytes || recordBytes / messages <= policy.bytesMax();
        }
        boolean hasMessages = policy.messagesMax() == LengthPolicy.UNLIMITED;
        return (hasMessages || messages() + askedMessages + messages <= policy.messagesMax())
                && (hasBytes || bytes() + askedBytes + recordBytes <= policy.bytesMax());
    }

    /** The same, and keeps the room until {@link #forgetAsked}. */
    public boolean ask(int messages, long recordBytes) {
        boolean hasRoom = hasRoom(messages, recordBytes);
        askedMessages += messages;
        askedBytes += recordBytes;
        return hasRoom;
    }

    /** What was asked for is there now, or does not come. */
    public void forgetAsked() {
        askedMessages = 0;
        askedBytes = 0;
    }

    // Of whoever holds it to its policy.

    /** Whether it is on the list of queues to look at. */
    public boolean isNoted() {
        return noted;
    }

    /** It is on the list of queues to look at, or is not any more. */
    public void setNoted(boolean isNoted) {
        noted = isNoted;
    }

    /** Whether a block of the index is being read for it. */
    public boolean isLoading() {
        return loading;
    }

    /** A block of the index is being read for it, or is not any more. */
    public void setLoading(boolean isLoading) {
        Check.that(loading != isLoading, "one block is read at a time");
        loading = isLoading;
    }

    /** Up to where entries below {@code floor}, all of which are settled, are of no use here any more. */
    long release(long floor) {
        return bytes == null ? floor : bytes.release(floor);
    }
}

package io.millrace.engine;

import io.millrace.engine.policy.RetryPolicy;
import io.millrace.engine.time.TimerWheel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer says of messages that it holds leases on: each acknowledged, released, rejected or extended, with a
 * result of its own. A door subclasses it; {@link Shard#settle} takes it, and exactly one outcome is called on the
 * shard's loop.
 */
public abstract class Settlement implements Completion {
    /** The message is done with. */
    public static final byte ACKNOWLEDGE = 0;
    /** It goes back, now or after the argument in nanoseconds. */
    public static final byte RELEASE = 1;
    /** The lease ends the argument in nanoseconds from now. */
    public static final byte EXTEND = 2;
    /** It goes back, to come again when its queue says, by its {@link RetryPolicy}. */
    public static final byte RETRY = 3;

    /** The message is not to be delivered any more: it becomes a dead letter, or is gone where its queue has none. */
    public static final byte REJECT = 4;

    /** The most bytes that are kept of what a consumer says of a message, see {@link #text}. */
    public static final int TEXT_BYTES_MAX = 1_024;

    private static final int FEW = 4;

    private long[] offsets;
    private long[] tokens;
    private byte[] actions;
    private long[] arguments;
    private boolean[] results;
    private int size;
    private boolean isAnswered;

    /** Makes one for a few leases; it grows. */
    protected Settlement() {
        this(FEW);
    }

    /** Makes one for about {@code leases} leases; it grows. */
    protected Settlement(int leases) {
        int capacity = Math.max(1, leases);
        offsets = new long[capacity];
        tokens = new long[capacity];
        actions = new byte[capacity];
        arguments = new long[capacity];
        results = new boolean[capacity];
    }

    /**
     * Adds what is to be done with the lease {@code token} on the message at {@code offset}. What is asked of one lease
     * twice is done in order, as far as the lease lives.
     */
    public final void add(long offset, long token, byte action, long argumentNanos) {
        if (action < ACKNOWLEDGE || action > REJECT || argumentNanos < 0) {
            throw new IllegalArgumentException("no such action: " + action + " with " + argumentNanos + " ns");
        }
        if (size == offsets.length) {
            int capacity = size * 4;
            offsets = Arrays.copyOf(offsets, capacity);
            tokens = Arrays.copyOf(tokens, capacity);
            actions = Arrays.copyOf(actions, capacity);
            arguments = Arrays.copyOf(arguments, capacity);
            results = Arrays.copyOf(results, capacity);
        }
        offsets[size] = offset;
        tokens[size] = token;
        actions[size] = action;
        arguments[size] = Math.min(argumentNanos, TimerWheel.NANOS_MAX);
        size++;
    }

    /** The number of leases named. */
    public final int size() {
        return size;
    }

    /** The message that lease {@code index} is on. */
    public final long offset(int index) {
        return offsets[index];
    }

    /** The token of lease {@code index}. */
    public final long leaseToken(int index) {
        return tokens[index];
    }

    /** What is to be done with lease {@code index}. */
    public final byte action(int index) {
        return actions[index];
    }

    /** The time that goes with the action, in nanoseconds. */
    public final long argumentNanos(int index) {
        return arguments[index];
    }

    /** Whether it was done; false means that the lease did not live any more. Known in {@link #onSettled}. */
    public final boolean isDone(int index) {
        return results[index];
    }

    final void markDone(int index) {
        results[index] = true;
    }

    /**
     * What the consumer says of the message that lease {@code index} is on, for whoever finds it among the dead
     * letters: in UTF-8, of which {@value #TEXT_BYTES_MAX} bytes are kept; null where it says nothing. Asked when it is
     * rejected, or given back after its last delivery; on the shard's loop.
     */
    protected byte @Nullable [] text(int index) {
        return null;
    }

    /**
     * What could be done is done and on stable storage, or as safe as the queue wants settlements to be when they are
     * answered ({@link io.millrace.engine.policy.Durability}); see {@link #isDone}.
     */
    protected abstract void onSettled();

    /** Nothing is known to be done. */
    protected abstract void onRefused(Refusal reason);

    @Override
    public final void onSynced(Shard shard) {
        onAnswerable();
    }

    @Override
    public final void onAnswerable() {
        if (!isAnswered) {
            isAnswered = true;
            onSettled();
        }
    }

    @Override
    public final void onLost(Refusal reason) {
        if (!isAnswered) {
            isAnswered = true;
            onRefused(reason);
        }
    }
}

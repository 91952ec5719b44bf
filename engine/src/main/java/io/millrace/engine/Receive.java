package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.time.TimerWheel;
import org.jspecify.annotations.Nullable;

/**
 * A request for messages: answered at once (even before {@link Shard#receive} returns) where there are some, else when
 * one comes or the wait is over. Messages that turn out to be damaged are passed over. A door subclasses it; {@link
 * Shard#receive} takes it, and exactly one outcome is called on the shard's loop, unless it was cancelled ({@link
 * Shard#cancel}): then none is, and messages that were on their way go back.
 */
public abstract class Receive implements Completion {
    /** The number of no consumer. */
    public static final long NOBODY = 0;

    private final int messagesMax;
    private final int bytesMax;
    private final long leaseNanos;
    private final long waitNanos;

    /** Who asks; {@link #NOBODY} where that is nobody who is attached. */
    long consumerNumber = NOBODY;

    String owner = "";
    private @Nullable MessageFilter filter;

    /** Where its filter has got to; null before that is known. */
    @Nullable
    Scan scan;

    @Nullable
    QueueConsumer consumer;

    @Nullable
    Queue queue;

    @Nullable
    Deliveries deliveries;
    /** When the wait is over. */
    long deadlineNanos;
    /** No message from here on was readable when it came. */
    long end;
    /** The slot of the timer while it waits; -1 otherwise. */
    int slot = -1;

    /** Whether its leases survive a restart: because it asks for it, or because there are messages of groups. */
    boolean durable;

    boolean cancelled;
    boolean leaseSynced;
    /** Whether its messages had to wait, for a sync or for the disk, so that their leases may have ended meanwhile. */
    boolean late;

    /**
     * Asks for up to {@code messagesMax} messages of about {@code bytesMax} bytes in all, but at least one, leased for
     * {@code leaseNanos}, waiting up to {@code waitNanos} for the first. Durable leases survive a restart of the
     * broker and are synced before the messages are handed out; others end with it. In a queue that has messages of
     * groups all are durable.
     */
    protected Receive(int messagesMax, int bytesMax, long leaseNanos, long waitNanos, boolean durable) {
        if (messagesMax < 1 || leaseNanos < 0 || waitNanos < 0) {
            throw new IllegalArgumentException("a receive asks for at least one message, for a time of 0 or more");
        }
        this.messagesMax = messagesMax;
        this.bytesMax = bytesMax;
        this.leaseNanos = Math.min(leaseNanos, TimerWheel.NANOS_MAX);
        this.waitNanos = Math.min(waitNanos, TimerWheel.NANOS_MAX);
        this.durable = durable;
    }

    /**
     * Has the consumer ask that {@code itsOwner} has attached ({@link Consumers}): its priority counts, its life goes
     * on, and the leases are its own. Before {@link Shard#receive}; {@code number} is not {@link #NOBODY}.
     */
    public final void by(long number, String itsOwner) {
        consumerNumber = number;
        owner = itsOwner;
    }

    /** Has it get only messages that {@code wanted} matches; others stay for others. Before {@link Shard#receive}. */
    public final void matching(MessageFilter wanted) {
        filter = wanted;
    }

    /** Which messages it wants; null for any. */
    @Nullable
    MessageFilter filter() {
        return filter;
    }

    /** The messages; none where the wait was in vain. The receiver releases them. */
    protected abstract void onDelivered(Deliveries messages);

    /** Nothing was leased. */
    protected abstract void onRefused(Refusal reason);

    // For those who ask for messages of several queues, by a receive in each.

    /**
     * Whether it takes messages of which there are some for it; asked on the shard's loop right before they are leased.
     * One that does not is over: it gets nothing, and no outcome is called.
     */
    protected boolean takes() {
        return true;
    }

    /** So many messages, of about so many bytes, were leased to it; they are handed out when they can be. */
    protected void onLeased(int messages, long bytes) {
        // Most are told when they get them.
    }

    /**
     * All messages that were leased to it have turned out to be damaged, or expired meanwhile. Returns whether it goes
     * on as if it had come now; otherwise it is over, and no outcome is called.
     */
    protected boolean goesOn() {
        return true;
    }

    int priority() {
        return consumer == null ? 0 : consumer.terms.priority();
    }

    int messagesMax() {
        return messagesMax;
    }

    int bytesMax() {
        return bytesMax;
    }

    long leaseNanos() {
        return leaseNanos;
    }

    long waitNanos() {
        return waitNanos;
    }

    boolean isDurable() {
        return durable;
    }

    @Override
    public final void onSynced(Shard shard) {
        leaseSynced = true;
        shard.parts().leasing().deliverIfComplete(this);
    }

    @Override
    public final void onLost(Refusal reason) {
        boolean answered = cancelled;
        // Messages that are still being read are given back when they have come.
        cancelled = true;
        leaseSynced = true;
        if (!answered) {
            onRefused(reason);
        }
        Deliveries lost = Check.notNull(deliveries, "a synced lease has deliveries");
        if (lost.entries().isComplete()) {
            deliveries = null;
            lost.release();
        }
    }
}

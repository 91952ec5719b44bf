package io.millrace.broker;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.ConsumerState;
import io.millrace.engine.ConsumerTerms;
import io.millrace.engine.Consumers;
import io.millrace.engine.MessageFilter;
import io.millrace.engine.Receive;
import io.millrace.engine.Refusal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A request for messages of one queue or of several at once, whatever shards these are in. A door subclasses it.
 *
 * <p>Of several it takes what is there, up to its limits over all of them, and begins with another one each time.
 * Where nothing is, it waits in all of them, in the line of each, and the first that has messages for it answers it;
 * messages are leased only after that is decided, so nothing is leased in vain. Queues that refuse, because their shard
 * has failed or another consumer has them for itself, are left out; it is refused where all of them do.
 *
 * <p>{@link #begin} and {@link #cancel} may be called on any thread. Exactly one outcome is called, on the loop of one
 * of the queues; after {@link #cancel} at most messages that were on their way, to be given back.
 */
public abstract class JoinedReceive {
    private final Broker broker;
    private final ConsumedQueues queues;
    private final QueueDefinition first;
    private final int messagesMax;
    private final int bytesMax;
    private final long leaseNanos;
    private final long waitNanos;
    private final boolean durable;
    private long consumerNumber = Receive.NOBODY;
    private String owner = "";
    private @Nullable MessageFilter filter;
    private volatile boolean isOver;

    // On the loop of the first queue, its home.

    private @Nullable ConsumerTerms consumerTerms;
    private long deadlineNanos;
    private @Nullable QueuePart only;
    private @Nullable QueueSweep sweep;
    private @Nullable JoinedWait wait;

    /**
     * Asks for up to {@code messagesMax} messages of about {@code bytesMax} bytes in all, but at least one, leased for
     * {@code leaseNanos}, waiting up to {@code waitNanos} for the first; under durable leases, or such that end with
     * the broker.
     */
    protected JoinedReceive(
            Broker broker,
            ConsumedQueues queues,
            int messagesMax,
            int bytesMax,
            long leaseNanos,
            long waitNanos,
            boolean durable) {
        this.broker = broker;
        this.queues = queues;
        this.first = queues.now().get(0);
        this.messagesMax = messagesMax;
        this.bytesMax = bytesMax;
        this.leaseNanos = leaseNanos;
        this.waitNanos = waitNanos;
        this.durable = durable;
    }

    /** Has the consumer ask that {@code itsOwner} has attached to all of the queues. Before {@link #begin}. */
    public final void by(long number, String itsOwner) {
        consumerNumber = number;
        owner = itsOwner;
    }

    /** Has it get only messages that {@code wanted} matches. Before {@link #begin}. */
    public final void matching(MessageFilter wanted) {
        filter = wanted;
    }

    /** Messages, of each queue once; none where the wait was in vain. The receiver releases them. */
    protected abstract void onDelivered(List<QueueDeliveries> messages);

    /** Nothing was leased. */
    protected abstract void onRefused(BrokerException reason);

    /** Asks for them. Once. */
    public final void begin() {
        onHome(() -> {
            deadlineNanos = broker.clock().nanoTime() + waitNanos;
            look();
        });
    }

    /** Wants none any more, for whoever asked is gone. What is leased already comes again to others. */
    public final void cancel() {
        isOver = true;
        onHome(() -> {
            if (only != null) {
                broker.shard(first).cancel(only);
            }
            if (sweep != null && sweep.isDone()) {
                abandon(sweep);
            }
            if (wait != null) {
                end(wait);
                wait.withdrawAll();
            }
        });
    }

    // What there is now.

    private void look() {
        if (isOver) {
            return;
        }
        if (!isJoined()) {
            only = part(new Alone(), first, messagesMax, bytesMax, nanosLeft());
            if (consumerNumber != Receive.NOBODY) {
                only.by(consumerNumber, owner);
            }
            only.begin(broker.shard(first));
        } else if (isAttached()) {
            List<QueueDefinition> all = new ArrayList<>(queues.now());
            Collections.rotate(all, -broker.receives().turn(all.size()));
            sweep = new QueueSweep(this, broker, all);
            sweep.begin();
        }
    }

    /** Whoever asks for messages of one queue waits there. */
    private final class Alone implements QueuePart.Stage {
        @Override
        public boolean takes(QueuePart part) {
            return true;
        }

        @Override
        public void onAnswered(QueuePart part) {
            if (part.refusal != null) {
                refuse(part.refusal);
            } else {
                deliver(delivered(Stream.of(part)));
            }
        }
    }

    /** Whether nobody in particular asks, or the consumer is attached to the first queue: there it lives. */
    private boolean isAttached() {
        if (consumerNumber == Receive.NOBODY) {
            return true;
        }
        if (!Consumers.isJoined(consumerNumber)) {
            refuse(Refusal.CONSUMER_NOT_FOUND);
            return false;
        }
        ConsumerState state = broker.shard(first).consumers().renew(first.logId(), consumerNumber, owner, this::refuse);
        consumerTerms = state == null ? null : state.terms();
        return state != null;
    }

    void onTaken(QueueSweep taking, QueuePart part) {
        if (isOver) {
            giveBack(part);
        } else if (taking.isComplete()) {
            onComplete(taking);
        }
    }

    void onSwept(QueueSweep swept) {
        Refusal refusal = swept.refusal();
        if (isOver) {
            abandon(swept);
        } else if (!swept.taken().isEmpty()) {
            if (swept.isComplete()) {
                onComplete(swept);
            }
        } else if (refusal != null) {
            refuse(refusal);
        } else if (!swept.isSearching() && nanosLeft() <= 0) {
            deliver(List.of());
        } else {
            await();
        }
    }

    private void onComplete(QueueSweep swept) {
        List<QueueDeliveries> messages = delivered(swept.taken().stream());
        Refusal refusal = swept.taken().stream()
                .map(each -> each.refusal)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (!messages.isEmpty()) {
            deliver(messages);
        } else if (refusal != null) {
            refuse(refusal);
        } else if (swept.taken().stream().anyMatch(each -> each.isInVain)) {
            lookAgain();
        } else {
            deliver(messages); // the leases have ended on the way
        }
    }

    /** Nobody wants what was leased in {@code swept}. */
    private void abandon(QueueSweep swept) {
        swept.arrived().forEach(this::giveBack);
        swept.taken()
                .forEach(each -> broker.onLoopOf(
                        each.queue, () -> broker.shard(each.queue).cancel(each)));
    }

    private void lookAgain() {
        // In another turn: the next messages may all be damaged, too.
        broker.shard(first).loop().execute(this::look);
    }

    // What comes.

    private void await() {
        List<QueueDefinition> all = queues.now();
        if (!broker.receives().mayWait(this, all.size())) {
            refuse(new BrokerException(
                    BrokerError.OVERLOADED,
                    "receives from several queues wait in as many as is allowed, " + BrokerReceives.WAITS_MAX
                            + "; try again in a moment, or receive from one of them"));
            return;
        }
        wait = new JoinedWait(this, broker);
        int unused = wait.place(all);
        review();
    }

    /** There may be more queues than there were. */
    void review() {
        onHome(() -> {
            if (wait != null && !wait.isEnded() && !wait.isClaimed()) {
                broker.receives().onWaits(wait.place(queues.now()));
            }
        });
    }

    void onClaimed(JoinedWait claimed) {
        end(claimed);
    }

    void onWaited(JoinedWait waiting, QueuePart part) {
        if (isOver) {
            giveBack(part);
        } else if (waiting.isClaimedBy(part)) {
            end(waiting);
            if (part.isInVain || part.refusal != null) {
                lookAgain();
            } else {
                deliver(delivered(Stream.of(part)));
            }
        } else if (part.refusal == Refusal.CONSUMER_NOT_FOUND && isFirst(part.queue) && waiting.close()) {
            end(waiting);
            broker.consumers().detachOthers(queues, consumerNumber, owner);
            refuse(part.refusal);
        } else if (waiting.isInVain()) {
            end(waiting);
            Refusal refusal = waiting.refusal();
            if (refusal != null) {
                refuse(refusal);
            } else {
                deliver(List.of());
            }
        }
    }

    private void end(JoinedWait waiting) {
        if (waiting.end()) {
            broker.receives().endWait(this, waiting.placed());
        }
    }

    // Outcomes.

    private static List<QueueDeliveries> delivered(Stream<QueuePart> parts) {
        List<QueueDeliveries> messages = new ArrayList<>(1);
        parts.forEach(each -> {
            if (each.messages != null) {
                messages.add(new QueueDeliveries(each.queue, each.messages));
                each.messages = null;
            }
        });
        return messages;
    }

    private void deliver(List<QueueDeliveries> messages) {
        if (!isOver || !messages.isEmpty()) {
            isOver = true;
            onDelivered(messages);
        }
    }

    private void giveBack(QueuePart part) {
        deliver(delivered(Stream.of(part)));
    }

    private void refuse(Refusal reason) {
        refuse(BrokerException.refused(reason, queues.name()));
    }

    private void refuse(BrokerException reason) {
        if (!isOver) {
            isOver = true;
            onRefused(reason);
        }
    }

    // For its parts.

    QueuePart part(QueuePart.Stage stage, QueueDefinition queue, int messages, int bytes, long nanos) {
        QueuePart part = new QueuePart(this, stage, queue, messages, bytes, Math.max(0, nanos));
        if (filter != null) {
            part.matching(isJoined() ? filter.forOtherLoop() : filter);
        }
        return part;
    }

    /** Those of {@code all} that are in one shard together, in their order. */
    static <T> Collection<List<T>> byShard(List<T> all, Function<T, QueueDefinition> queue) {
        Map<Integer, List<T>> byShard = new LinkedHashMap<>();
        for (T each : all) {
            byShard.computeIfAbsent(queue.apply(each).shard(), shard -> new ArrayList<>())
                    .add(each);
        }
        return byShard.values();
    }

    void onHome(Runnable task) {
        broker.onLoopOf(first, task);
    }

    boolean isJoined() {
        return queues.isJoined();
    }

    boolean isFirst(QueueDefinition queue) {
        return queue.logId() == first.logId();
    }

    /** Whether it was answered, or its client is gone. Any thread. */
    boolean isOver() {
        return isOver;
    }

    /** What the consumer of all queues has asked for; null where nobody in particular asks. */
    @Nullable
    ConsumerTerms consumerTerms() {
        return consumerTerms;
    }

    long consumerNumber() {
        return consumerNumber;
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

    boolean isDurable() {
        return durable;
    }

    long nanosLeft() {
        return deadlineNanos - broker.clock().nanoTime();
    }
}

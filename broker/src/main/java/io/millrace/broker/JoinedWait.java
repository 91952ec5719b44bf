package io.millrace.broker;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A wait in several queues at once, of which one gives messages: the first that has some claims it, on its loop, before
 * it leases any, and from then on no other can. On the home loop but for that.
 */
final class JoinedWait implements QueuePart.Stage {
    /** In the place of the one that has claimed it: none can any more. */
    private static final Object CLOSED = new Object();

    private final JoinedReceive whole;
    private final Broker broker;
    private final AtomicReference<@Nullable Object> claimed = new AtomicReference<>();
    private final Set<QueuePart> open = new HashSet<>();
    private final Set<Long> logs = new HashSet<>();
    private int placed;
    private boolean hasNothing;
    private boolean isEnded;
    private @Nullable Refusal refusal;

    JoinedWait(JoinedReceive whole, Broker broker) {
        this.whole = whole;
        this.broker = broker;
    }

    /** Waits in {@code queues}, too, if it does not do so already; returns how many these are. */
    int place(List<QueueDefinition> queues) {
        List<QueuePart> parts = new ArrayList<>(queues.size());
        for (QueueDefinition each : queues) {
            if (logs.add(each.logId())) {
                parts.add(whole.part(this, each, whole.messagesMax(), whole.bytesMax(), whole.nanosLeft()));
            }
        }
        open.addAll(parts);
        placed += parts.size();
        for (List<QueuePart> each : JoinedReceive.byShard(parts, part -> part.queue)) {
            QueueDefinition first = each.get(0).queue;
            broker.onLoopOf(first, () -> each.forEach(this::begin));
        }
        return parts.size();
    }

    private void begin(QueuePart part) {
        if (!isClaimed()) { // or it would not be withdrawn any more
            part.begin(broker.shard(part.queue));
        }
    }

    @Override
    public boolean takes(QueuePart part) {
        if (whole.isOver() || !claimed.compareAndSet(null, part)) {
            return false;
        }
        whole.onHome(() -> whole.onClaimed(this));
        return true;
    }

    @Override
    public void onAnswered(QueuePart part) {
        whole.onHome(() -> {
            open.remove(part);
            hasNothing |= part.refusal == null;
            refusal = refusal == null ? part.refusal : refusal;
            if (part.refusal == Refusal.QUEUE_NOT_FOUND) {
                logs.remove(part.queue.logId()); // it may begin to be there
            }
            whole.onWaited(this, part);
        });
    }

    /** Waits no more, but for the messages of the queue that has claimed it; returns whether it has until now. */
    boolean end() {
        boolean hasWaited = !isEnded;
        isEnded = true;
        withdraw(open.stream().filter(each -> each != claimed.get()).toList());
        return hasWaited;
    }

    /** Wants nothing any more: messages that are on their way go back. */
    void withdrawAll() {
        withdraw(List.copyOf(open));
    }

    /** Has no queue claim it any more; returns whether none has. */
    boolean close() {
        return claimed.compareAndSet(null, CLOSED);
    }

    private void withdraw(List<QueuePart> parts) {
        open.removeAll(parts);
        for (List<QueuePart> each : JoinedReceive.byShard(parts, part -> part.queue)) {
            QueueDefinition first = each.get(0).queue;
            broker.onLoopOf(first, () -> each.forEach(broker.shard(first)::cancel));
        }
    }

    boolean isEnded() {
        return isEnded;
    }

    boolean isClaimed() {
        return claimed.get() != null;
    }

    boolean isClaimedBy(QueuePart part) {
        return claimed.get() == part;
    }

    /** In how many queues it has waited. */
    int placed() {
        return placed;
    }

    /** Whether every queue was answered, with nothing. */
    boolean isInVain() {
        return open.isEmpty() && !isClaimed();
    }

    /** Why nothing can be had of any queue; null where of some it could. */
    @Nullable
    Refusal refusal() {
        return hasNothing ? null : refusal;
    }
}

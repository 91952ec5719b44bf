package io.millrace.broker;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.Refusal;
import io.millrace.engine.Shard;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One look into each of several queues, for what is there: shard after shard, always by one thread. What one queue has
 * given is not asked of the next.
 */
final class QueueSweep implements QueuePart.Stage {
    private final JoinedReceive whole;
    private final Broker broker;
    private final Iterator<List<QueueDefinition>> stops;
    private final List<QueuePart> taken = new ArrayList<>();
    private int messagesLeft;
    private int bytesLeft;
    private int answeredWithNothing;
    private boolean isSearching;
    private @Nullable Refusal refusal;

    /** Those of {@link #taken} that are answered; on the home loop. */
    private final List<QueuePart> arrived = new ArrayList<>();

    private boolean isDone;

    /** One through {@code queues}, in their order but for those of the same shard, which are looked into together. */
    QueueSweep(JoinedReceive whole, Broker broker, List<QueueDefinition> queues) {
        this.whole = whole;
        this.broker = broker;
        this.stops = JoinedReceive.byShard(queues, each -> each).iterator();
        this.messagesLeft = whole.messagesMax();
        this.bytesLeft = whole.bytesMax();
    }

    void begin() {
        if (!stops.hasNext() || isEnough()) {
            whole.onHome(this::end);
            return;
        }
        List<QueueDefinition> stop = stops.next();
        broker.onLoopOf(stop.get(0), () -> {
            stop.forEach(this::look);
            begin();
        });
    }

    private void end() {
        isDone = true;
        whole.onSwept(this);
    }

    private boolean isEnough() {
        return messagesLeft <= 0 || bytesLeft <= 0 || whole.isOver();
    }

    private void look(QueueDefinition queue) {
        if (isEnough()) {
            return;
        }
        Shard shard = broker.shard(queue);
        QueuePart part = whole.part(this, queue, messagesLeft, bytesLeft, 0);
        part.begin(shard);
        if (part.leased > 0) {
            taken.add(part);
            messagesLeft -= part.leased;
            bytesLeft = (int) Math.max(0, bytesLeft - part.leasedBytes);
        } else if (!part.isAnswered) {
            isSearching = true;
            shard.cancel(part);
        } else if (part.refusal == null) {
            answeredWithNothing++;
        } else if (refusal == null) {
            refusal = part.refusal;
        }
    }

    @Override
    public boolean takes(QueuePart part) {
        return !whole.isOver();
    }

    @Override
    public void onAnswered(QueuePart part) {
        if (part.leased > 0) {
            whole.onHome(() -> {
                arrived.add(part);
                whole.onTaken(this, part);
            });
        }
    }

    // After it; on the home loop.

    /** Whether every queue was looked into that had to be. */
    boolean isDone() {
        return isDone;
    }

    /** Those that have leased messages. */
    List<QueuePart> taken() {
        return taken;
    }

    /** Those of them that are answered. */
    List<QueuePart> arrived() {
        return arrived;
    }

    /** Whether all of them are. */
    boolean isComplete() {
        return isDone && arrived.size() == taken.size();
    }

    /** Whether it is not known yet of some queue what there is. */
    boolean isSearching() {
        return isSearching;
    }

    /** Why nothing can be had of any queue; null where of some it can. */
    @Nullable
    Refusal refusal() {
        return answeredWithNothing == 0 && !isSearching ? refusal : null;
    }
}

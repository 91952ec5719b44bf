package io.millrace.broker;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.ConsumerTerms;
import io.millrace.engine.Deliveries;
import io.millrace.engine.Receive;
import io.millrace.engine.Refusal;
import io.millrace.engine.Shard;
import org.jspecify.annotations.Nullable;

/** What a {@link JoinedReceive} asks one queue for. Its fields belong to the loop of the queue until it is answered. */
final class QueuePart extends Receive {
    /** What a receive is at, which its parts ask and tell; on the loop of their queue. */
    interface Stage {
        /** Whether {@code part} takes the messages that there are for it. */
        boolean takes(QueuePart part);

        /** What became of {@code part} is known: it has messages, or none, or was refused. */
        void onAnswered(QueuePart part);
    }

    final QueueDefinition queue;
    private final JoinedReceive whole;
    private final Stage stage;

    /** How many messages were leased to it, and how many bytes they have, about. */
    int leased;

    long leasedBytes;
    boolean isAnswered;

    @Nullable
    Deliveries messages;

    @Nullable
    Refusal refusal;

    /** Whether all that was leased to it is damaged, or expired meanwhile. */
    boolean isInVain;

    QueuePart(JoinedReceive whole, Stage stage, QueueDefinition queue, int messagesMax, int bytesMax, long waitNanos) {
        super(messagesMax, bytesMax, whole.leaseNanos(), waitNanos, whole.isDurable());
        this.whole = whole;
        this.stage = stage;
        this.queue = queue;
    }

    /** Asks {@code shard}, which has the queue, on its loop. Whoever has attached to all queues is so to this one. */
    void begin(Shard shard) {
        ConsumerTerms terms = whole.consumerTerms();
        if (terms != null) {
            long number = whole.consumerNumber();
            by(number, terms.owner());
            if (!whole.isFirst(queue)
                    && shard.consumers().join(queue.logId(), number, terms.forOtherLoop(), this::onRefused) == null) {
                return;
            }
        }
        shard.receive(queue.logId(), this);
    }

    @Override
    protected boolean takes() {
        return stage.takes(this);
    }

    @Override
    protected void onLeased(int count, long bytes) {
        leased = count;
        leasedBytes = bytes;
    }

    @Override
    protected boolean goesOn() {
        if (!whole.isJoined()) {
            return true;
        }
        isInVain = true;
        answer();
        return false;
    }

    @Override
    protected void onDelivered(Deliveries delivered) {
        if (delivered.size() > 0) {
            messages = delivered;
        } else {
            delivered.release();
        }
        answer();
    }

    @Override
    protected void onRefused(Refusal reason) {
        refusal = reason;
        answer();
    }

    private void answer() {
        isAnswered = true;
        stage.onAnswered(this);
    }
}

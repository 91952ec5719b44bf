package io.millrace.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.Death;
import io.millrace.broker.message.MessageHistory;
import io.millrace.broker.message.MessageView;
import io.millrace.engine.DeadLetters;
import io.millrace.engine.Shard;
import org.jspecify.annotations.Nullable;

/**
 * Moves dead letters from the queue that does not deliver them any more to where they go: all of them, or none. On the
 * loop of the shard of the queue.
 */
final class DeadLetterMove {
    private DeadLetterMove() {}

    /** Moves {@code dead} from {@code source}, whose shard this is, to {@code target}; answers {@code dead}. */
    static void run(Broker broker, Shard shard, QueueDefinition source, MoveDestination target, DeadLetters dead) {
        long nowMillis = broker.clock().epochMillis();
        MovedMessages messages = new MovedMessages(source);
        MessageView view = new MessageView();
        try {
            for (int i = 0; i < dead.size(); i++) {
                view.show(dead.entry(i), dead.indexInEntry(i));
                MessageHistory history = view.history(dead.storedIn(), dead.offset(i));
                messages.add(target, view, history.with(death(source, dead, i, nowMillis)));
            }
        } catch (RuntimeException e) {
            messages.release();
            throw e;
        }
        BrokerTransaction transaction = broker.begin();
        messages.moveBy(transaction);
        for (int i = 0; i < dead.size(); i++) {
            transaction.remove(source, dead.offset(i));
        }
        var unused = transaction.commit().whenComplete((done, failure) -> shard.loop()
                .execute(() -> {
                    if (failure == null) {
                        dead.moved();
                    } else {
                        dead.notMoved();
                    }
                }));
    }

    private static Death death(QueueDefinition source, DeadLetters dead, int index, long nowMillis) {
        byte @Nullable [] text = dead.text(index);
        return new Death(
                source.queue().name().value(),
                dead.reason(index),
                1,
                dead.deliveryCount(index),
                dead.firstDeliveryMillis(index),
                dead.lastDeliveryMillis(index),
                nowMillis,
                nowMillis,
                text == null ? null : new String(text, UTF_8));
    }
}

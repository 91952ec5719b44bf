package io.millrace.broker;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageHistory;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageView;
import io.millrace.broker.message.NativeBatch;
import io.millrace.engine.Refusal;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages on their way from one queue to another, in their order. They keep their body, properties, priority and
 * group, and have neither delay nor expiry any more. Filled by one thread.
 */
public final class MovedMessages {
    private final List<NativeBatch> batches = new ArrayList<>(1);

    /** Adds a copy of the message that {@code view} shows, with {@code history}. */
    public void add(MessageView view, MessageHistory history) {
        DeliveryAttributes attributes = attributes(view);
        MessageProperties properties = view.properties();
        int last = batches.size() - 1;
        if (last < 0 || !batches.get(last).takes(attributes, properties)) {
            batches.add(NativeBatch.ofMoved(attributes));
            last++;
        }
        batches.get(last).add(view, properties, history);
    }

    private static DeliveryAttributes attributes(MessageView view) {
        return view.hasPriority() ? DeliveryAttributes.ofPriority(view.priority()) : DeliveryAttributes.NONE;
    }

    /** Has {@code transaction}, which frees them then, publish them to {@code queue}. */
    public void moveTo(QueueDefinition queue, BrokerTransaction transaction) {
        batches.forEach(each -> transaction.move(queue, new Moved(each)));
    }

    /** Lets go of them, where they are not to be moved. */
    public void release() {
        batches.forEach(NativeBatch::release);
    }

    /** Whoever moves them hears of the whole transaction. */
    private static final class Moved extends NativePublish {
        Moved(NativeBatch batch) {
            super(batch);
        }

        @Override
        protected void onPublished(long firstOffset) {}

        @Override
        protected void onFailed(Refusal reason) {}
    }
}

package io.millrace.broker;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.Death;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageHistory;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageView;
import io.millrace.broker.message.NativeBatch;
import io.millrace.engine.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages on their way from one queue to others, or to topics, in their order. They keep their body, properties,
 * priority and group, and have neither delay nor expiry any more. Filled by one thread.
 */
public final class MovedMessages {
    private final QueueDefinition source;
    /** What each log is given. */
    private final Map<Long, Share> shares = new LinkedHashMap<>();

    /** For messages of {@code source}. */
    public MovedMessages(QueueDefinition source) {
        this.source = source;
    }

    /** Adds a copy of the message that {@code view} shows, with {@code history}, for {@code destination}. */
    public void add(MoveDestination destination, MessageView view, MessageHistory history) {
        MessageProperties properties = view.properties();
        List<Death> deaths = history.deaths();
        String origin = deaths.isEmpty() ? source.name() : deaths.get(0).queue();
        DefinedLog log = destination.logFor(properties.key(), origin);
        shares.computeIfAbsent(log.logId(), id -> new Share(log)).add(view, properties, history);
    }

    /** Has {@code transaction}, which frees them then, publish them. */
    public void moveBy(BrokerTransaction transaction) {
        shares.values().forEach(share -> share.batches.forEach(batch -> transaction.move(share.log, new Moved(batch))));
    }

    /** Lets go of them, where they are not to be moved. */
    public void release() {
        shares.values().forEach(share -> share.batches.forEach(NativeBatch::release));
    }

    /** What one log is given. */
    private static final class Share {
        private final DefinedLog log;
        private final List<NativeBatch> batches = new ArrayList<>(1);

        Share(DefinedLog log) {
            this.log = log;
        }

        void add(MessageView view, MessageProperties properties, MessageHistory history) {
            DeliveryAttributes attributes = attributes(view);
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

package io.millrace.broker.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.ResourceName;
import io.millrace.broker.catalog.Definition.SubscriptionDefinition;
import io.millrace.broker.security.JsonFields;
import io.millrace.broker.security.MalformedDefinitionException;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKey;
import io.millrace.broker.topic.SubscriptionKind;
import java.util.function.Supplier;

/** Subscriptions as they are stored; see {@link DefinitionJson}. Stateless; any thread. */
final class SubscriptionDefinitionJson {
    private SubscriptionDefinitionJson() {}

    static void write(ObjectNode node, Subscription subscription) {
        node.put("topicId", subscription.key().topicId())
                .put("name", subscription.name())
                .put("id", subscription.id())
                .put("createdMillis", subscription.createdMillis())
                .put("kind", subscription.kind().word())
                .put("fromEarliest", subscription.isFromEarliest())
                .put("partitions", subscription.partitions());
        if (subscription.filter() != null) {
            node.put("filter", subscription.filter().text());
        }
        DefinitionJson.writeSettings(node, subscription.settings());
    }

    static SubscriptionDefinition read(JsonFields fields) {
        long topicId = fields.number("topicId");
        String name = fields.text("name");
        long id = fields.number("id");
        long createdMillis = fields.number("createdMillis");
        SubscriptionKind kind = SubscriptionKind.named(fields.text("kind"));
        boolean isFromEarliest = fields.flag("fromEarliest");
        long partitions = fields.number("partitions");
        String filterText = fields.textIfPresent("filter");
        Selector filter = filterText == null ? null : fields.made("filter", () -> Selector.compile(filterText));
        Supplier<QueueSettings> settings = DefinitionJson.readSettings(fields);
        if (kind == null) {
            throw new MalformedDefinitionException("kind", "not one that this version knows");
        }
        return fields.end(() -> new SubscriptionDefinition(new Subscription(
                new SubscriptionKey(topicId, new ResourceName(name)),
                id,
                createdMillis,
                kind,
                filter,
                isFromEarliest,
                (int) partitions,
                settings.get())));
    }
}

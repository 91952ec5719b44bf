package io.millrace.broker.catalog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Definition.TopicDefinition;
import io.millrace.broker.security.JsonFields;
import io.millrace.broker.security.MalformedDefinitionException;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import io.millrace.broker.topic.TopicSettings;
import io.millrace.broker.topic.UnsettledRetention;
import java.util.List;

/** Topics as they are stored; see {@link DefinitionJson}. Stateless; any thread. */
final class TopicDefinitionJson {
    private TopicDefinitionJson() {}

    static void write(ObjectNode node, Topic topic) {
        TopicSettings settings = topic.settings();
        node.put("space", topic.key().space().value())
                .put("name", topic.name())
                .put("id", topic.id())
                .put("createdMillis", topic.createdMillis());
        ArrayNode shards = node.putArray("shards");
        topic.shards().forEach(shards::add);
        node.put("retentionMillis", settings.retentionMillis())
                .put("retentionBytes", settings.retentionBytes())
                .put("compacted", settings.isCompacted())
                .put("tombstoneMillis", settings.tombstoneMillis())
                .put("messageBytesMax", settings.messageBytesMax())
                .put("deduplicationMillis", settings.deduplicationMillis());
        UnsettledRetention unsettled = settings.unsettled();
        if (!unsettled.equals(UnsettledRetention.NONE)) {
            node.put("keepUnsettled", unsettled.isKept())
                    .put("unsettledMillis", unsettled.millisMax())
                    .put("unsettledBytes", unsettled.bytesMax());
        }
    }

    static TopicDefinition read(JsonFields fields) {
        String space = fields.text("space");
        String name = fields.text("name");
        long id = fields.number("id");
        long createdMillis = fields.number("createdMillis");
        List<Integer> shards = fields.list("shards", Topic.PARTITIONS_MAX, (node, path) -> {
            if (!node.isInt() || node.intValue() < 0) {
                throw new MalformedDefinitionException(path, "not the number of a shard");
            }
            return node.intValue();
        });
        long retentionMillis = fields.number("retentionMillis");
        long retentionBytes = fields.number("retentionBytes");
        boolean isCompacted = fields.flag("compacted");
        long tombstoneMillis = fields.number("tombstoneMillis");
        long messageBytesMax = fields.number("messageBytesMax");
        long deduplicationMillis = fields.number("deduplicationMillis");
        boolean hasUnsettled = fields.has("keepUnsettled");
        boolean isKept = hasUnsettled && fields.flag("keepUnsettled");
        long unsettledMillis = hasUnsettled ? fields.number("unsettledMillis") : TopicSettings.UNLIMITED;
        long unsettledBytes = hasUnsettled ? fields.number("unsettledBytes") : TopicSettings.UNLIMITED;
        return fields.end(() -> new TopicDefinition(new Topic(
                new TopicKey(new SpaceName(space), new ResourceName(name)),
                id,
                createdMillis,
                shards,
                new TopicSettings(
                        retentionMillis,
                        retentionBytes,
                        isCompacted,
                        tombstoneMillis,
                        (int) messageBytesMax,
                        deduplicationMillis,
                        new UnsettledRetention(isKept, unsettledMillis, unsettledBytes)))));
    }
}

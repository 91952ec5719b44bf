package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.MessageId;
import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.topic.TopicPartition;
import java.util.List;

/** Where messages are stored, as JSON. Stateless; any thread. */
final class StoredJson {
    private StoredJson() {}

    /** Writes in which queues and topics a message is. */
    static void write(List<Stored> stored, ObjectNode message) {
        ArrayNode queues = message.putArray("queues");
        for (Stored each : stored) {
            if (each.log() instanceof TopicPartition partition) {
                ObjectNode topic = message.withArray("topics").addObject();
                write(each, topic.put("topic", partition.topic().name()));
            } else {
                write(each, queues.addObject().put("queue", each.log().name()));
            }
        }
    }

    /** Writes the place and the id of a message; of one in a topic its partition and its offset there. */
    static void write(Stored stored, ObjectNode target) {
        if (stored.log() instanceof TopicPartition partition) {
            target.put("partition", partition.number()).put("offset", stored.offset());
        }
        target.put("id", new MessageId(stored.log().logId(), stored.offset()).toString());
        if (stored.isDuplicate()) {
            target.put("duplicate", true);
        }
    }
}

package io.millrace.api.rest;

import static io.millrace.api.rest.JsonFaults.invalid;

import io.millrace.broker.TopicPublish;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.SharedMessage;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Messages of which it is not known yet, as they are read, whether they are for a queue or a topic. One thread. */
final class HeldMessages implements MessageTarget {
    private final List<Held> messages = new ArrayList<>(1);

    private record Held(int partition, SharedMessage message) {}

    @Override
    public boolean takesPartitions() {
        return true;
    }

    @Override
    public void add(MessageAddress address, DeliveryAttributes attributes, MessageProperties properties, ByteBuf body) {
        messages.add(new Held(address.partition(), new SharedMessage(attributes, properties, body)));
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** The same for a queue; whoever gets them releases them, and there are none any more. */
    List<SharedMessage> forQueue() {
        if (messages.stream().anyMatch(each -> each.partition != TopicPublish.ANY_PARTITION)) {
            throw invalid("a message for a queue has no field partition");
        }
        List<SharedMessage> given = messages.stream().map(Held::message).toList();
        messages.clear();
        return given;
    }

    /** The same for a topic. */
    TopicPublish forTopic() {
        TopicPublish publish = new TopicPublish();
        try {
            messages.forEach(each -> publish.add(each.partition, each.message));
        } catch (IllegalArgumentException e) {
            throw invalid("a message " + e.getMessage());
        }
        messages.clear();
        return publish;
    }

    @Override
    public void release() {
        messages.forEach(each -> each.message.release());
        messages.clear();
    }
}

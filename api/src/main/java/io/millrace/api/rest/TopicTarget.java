package io.millrace.api.rest;

import io.millrace.broker.TopicPublish;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.netty.buffer.ByteBuf;

/**
 * Messages for a topic. One thread.
 *
 * @param publish what they are gathered in
 */
record TopicTarget(TopicPublish publish) implements MessageTarget {
    TopicTarget() {
        this(new TopicPublish());
    }

    @Override
    public boolean takesPartitions() {
        return true;
    }

    @Override
    public void add(MessageAddress address, DeliveryAttributes attributes, MessageProperties properties, ByteBuf body) {
        publish.add(address.partition(), attributes, properties, body);
    }

    @Override
    public void release() {
        publish.release();
    }
}

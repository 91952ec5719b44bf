package io.millrace.api.rest;

import io.millrace.broker.RoutedPublish;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.netty.buffer.ByteBuf;

/**
 * Messages for an exchange. One thread.
 *
 * @param publish what they are gathered in
 */
record ExchangeTarget(RoutedPublish publish) implements MessageTarget {
    ExchangeTarget() {
        this(new RoutedPublish());
    }

    @Override
    public boolean takesRoutingKeys() {
        return true;
    }

    @Override
    public void add(MessageAddress address, DeliveryAttributes attributes, MessageProperties properties, ByteBuf body) {
        publish.add(address.routingKey(), attributes, properties, body);
    }

    @Override
    public void release() {
        publish.release();
    }
}

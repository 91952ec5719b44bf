package io.millrace.api.rest;

import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.NativeBatch;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Messages for one queue: one batch, unless they are to be delivered differently. One thread. */
final class QueueTarget implements MessageTarget {
    private final List<NativeBatch> batches = new ArrayList<>(1);

    List<NativeBatch> batches() {
        return batches;
    }

    @Override
    public void add(MessageAddress address, DeliveryAttributes attributes, MessageProperties properties, ByteBuf body) {
        NativeBatch last = batches.isEmpty() ? null : batches.get(batches.size() - 1);
        if (last == null || !last.takes(attributes, properties)) {
            last = new NativeBatch(attributes);
            last.add(properties, body);
            batches.add(last);
        } else {
            last.add(properties, body);
        }
    }

    @Override
    public void release() {
        batches.forEach(NativeBatch::release);
    }
}

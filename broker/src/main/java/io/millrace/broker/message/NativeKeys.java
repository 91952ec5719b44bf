package io.millrace.broker.message;

import static io.millrace.broker.message.NativeFormat.PROPERTIES_LENGTH_BYTES;
import static io.millrace.broker.message.NativeFormat.PROPERTY_HEADER_BYTES;
import static io.millrace.broker.message.NativeFormat.TABLE_ENTRY_BYTES;

import io.millrace.engine.policy.MessageKeys;
import io.millrace.storage.BodyFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Finds the keys of messages in native bodies, for logs that keep the latest of each. A message with a key and an empty
 * body is a tombstone. Stateless; any thread.
 */
public final class NativeKeys implements MessageKeys {
    @Override
    public void read(int format, ByteBuf body, Visitor visitor) {
        if (format != BodyFormat.NATIVE) {
            return;
        }
        int start = body.readerIndex();
        int length = body.readableBytes();
        int from = messageCount(body) * TABLE_ENTRY_BYTES;
        for (int index = 0; from < length; index++) {
            int end = body.getInt(start + index * TABLE_ENTRY_BYTES);
            int propertiesAt = from + PROPERTIES_LENGTH_BYTES;
            int bodyAt = propertiesAt + body.getInt(start + from);
            int keyAt = find(body, start + propertiesAt, start + bodyAt);
            if (keyAt >= 0) {
                TextHash key =
                        TextHash.of(ByteBufUtil.getBytes(body, keyAt + PROPERTY_HEADER_BYTES, body.getInt(keyAt + 1)));
                visitor.onKey(index, key.high(), key.low(), bodyAt == end);
            }
            from = end;
        }
    }

    /** The table has an entry for each, and the last message ends where the body does. */
    private static int messageCount(ByteBuf body) {
        int count = 1;
        while (body.getInt(body.readerIndex() + (count - 1) * TABLE_ENTRY_BYTES) != body.readableBytes()) {
            count++;
        }
        return count;
    }

    /** Where the key is among the properties from {@code at} up to {@code end}; -1 where there is none. */
    private static int find(ByteBuf body, int at, int end) {
        int property = at;
        while (property < end && body.getByte(property) != NativeFormat.KEY) {
            property += PROPERTY_HEADER_BYTES + body.getInt(property + 1);
        }
        return property < end ? property : -1;
    }
}

package io.millrace.broker.message;

import static io.millrace.broker.message.NativeFormat.DEATH;
import static io.millrace.broker.message.NativeFormat.ORIGIN;
import static io.millrace.broker.message.NativeFormat.PROPERTY_HEADER_BYTES;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.MessageId;
import io.millrace.engine.policy.DeathReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** Writes and reads the history of a native message, which is among its properties. Stateless; any thread. */
final class HistoryCodec {
    private static final int ORIGIN_BYTES = 3 * Long.BYTES;

    /** Their places are on disk. */
    private static final List<DeathReason> REASONS = List.of(DeathReason.values());

    private HistoryCodec() {}

    /** The properties that lie from {@code start} up to {@code end}, with {@code history} in place of any other. */
    static ByteBuf with(ByteBuf source, int start, int end, MessageHistory history) {
        ByteBuf target = Unpooled.buffer(end - start + 128);
        for (int at = start; at < end; ) {
            int next = at + PROPERTY_HEADER_BYTES + source.getInt(at + 1);
            if (source.getByte(at) != ORIGIN && source.getByte(at) != DEATH) {
                target.writeBytes(source, at, next - at);
            }
            at = next;
        }
        target.writeByte(ORIGIN).writeInt(ORIGIN_BYTES);
        target.writeLong(history.id().logId()).writeLong(history.id().offset()).writeLong(history.publishedMillis());
        history.deaths().forEach(each -> write(each, target));
        return target;
    }

    private static void write(Death death, ByteBuf target) {
        target.writeByte(DEATH);
        int lengthAt = target.writerIndex();
        target.writeInt(0)
                .writeByte(REASONS.indexOf(death.reason()))
                .writeInt(death.count())
                .writeInt(death.deliveryCount())
                .writeLong(death.firstDeliveryMillis())
                .writeLong(death.lastDeliveryMillis())
                .writeLong(death.firstMillis())
                .writeLong(death.lastMillis())
                .writeShort(ByteBufUtil.utf8Bytes(death.queue()));
        ByteBufUtil.writeUtf8(target, death.queue());
        if (death.error() != null) {
            ByteBufUtil.writeUtf8(target, death.error());
        }
        target.setInt(lengthAt, target.writerIndex() - lengthAt - Integer.BYTES);
    }

    /** The history among the properties that lie from {@code start} up to {@code end}, where there is one. */
    static MessageHistory read(ByteBuf source, int start, int end) {
        MessageId id = null;
        long publishedMillis = 0;
        List<Death> deaths = new ArrayList<>();
        for (int at = start; at < end; ) {
            int length = source.getInt(at + 1);
            int valueAt = at + PROPERTY_HEADER_BYTES;
            if (source.getByte(at) == ORIGIN) {
                id = new MessageId(source.getLong(valueAt), source.getLong(valueAt + Long.BYTES));
                publishedMillis = source.getLong(valueAt + 2 * Long.BYTES);
            } else if (source.getByte(at) == DEATH) {
                deaths.add(readDeath(source.slice(valueAt, length)));
            }
            at = valueAt + length;
        }
        if (id == null) {
            throw new IllegalStateException("a message that was moved does not say where it was first");
        }
        return new MessageHistory(id, publishedMillis, List.copyOf(deaths));
    }

    private static Death readDeath(ByteBuf value) {
        DeathReason reason = REASONS.get(value.readByte());
        int count = value.readInt();
        int deliveries = value.readInt();
        long firstDelivery = value.readLong();
        long lastDelivery = value.readLong();
        long first = value.readLong();
        long last = value.readLong();
        String queue = value.readCharSequence(value.readUnsignedShort(), UTF_8).toString();
        String error = value.isReadable() ? value.toString(UTF_8) : null;
        return new Death(queue, reason, count, deliveries, firstDelivery, lastDelivery, first, last, error);
    }
}

package io.millrace.broker.message;

import static io.millrace.broker.message.NativeFormat.CONTENT_TYPE;
import static io.millrace.broker.message.NativeFormat.CORRELATION_ID;
import static io.millrace.broker.message.NativeFormat.DEDUPLICATION_ID;
import static io.millrace.broker.message.NativeFormat.GROUP;
import static io.millrace.broker.message.NativeFormat.HEADER;
import static io.millrace.broker.message.NativeFormat.KEY;
import static io.millrace.broker.message.NativeFormat.MESSAGE_ID;
import static io.millrace.broker.message.NativeFormat.PROPERTY_HEADER_BYTES;
import static io.millrace.broker.message.NativeFormat.REPLY_TO;
import static io.millrace.broker.message.NativeFormat.STRING_BYTES_MAX;
import static io.millrace.broker.message.NativeFormat.TYPE_BOOLEAN;
import static io.millrace.broker.message.NativeFormat.TYPE_BYTES;
import static io.millrace.broker.message.NativeFormat.TYPE_DOUBLE;
import static io.millrace.broker.message.NativeFormat.TYPE_LONG;
import static io.millrace.broker.message.NativeFormat.TYPE_STRING;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.message.MessageProperties.Header;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes and reads the properties of a native message. Stateless; any thread. */
final class PropertiesCodec {
    private static final ByteBuf NOTHING = Unpooled.EMPTY_BUFFER;

    /** By the number of the property on disk; null where it is no text of the message's own. */
    private static final @Nullable MessageProperty[] PROPERTIES = new MessageProperty[DEDUPLICATION_ID + 1];

    static {
        PROPERTIES[KEY] = MessageProperty.KEY;
        PROPERTIES[CONTENT_TYPE] = MessageProperty.CONTENT_TYPE;
        PROPERTIES[CORRELATION_ID] = MessageProperty.CORRELATION_ID;
        PROPERTIES[REPLY_TO] = MessageProperty.REPLY_TO;
        PROPERTIES[MESSAGE_ID] = MessageProperty.MESSAGE_ID;
        PROPERTIES[GROUP] = MessageProperty.GROUP;
        PROPERTIES[DEDUPLICATION_ID] = MessageProperty.DEDUPLICATION_ID;
    }

    private PropertiesCodec() {}

    /** The properties as bytes on the heap; a string that is too long is an {@link IllegalArgumentException}. */
    static ByteBuf encode(MessageProperties properties) {
        if (properties.isEmpty()) {
            return NOTHING;
        }
        ByteBuf target = Unpooled.buffer(128);
        putString(target, KEY, properties.key());
        putString(target, CONTENT_TYPE, properties.contentType());
        putString(target, CORRELATION_ID, properties.correlationId());
        putString(target, REPLY_TO, properties.replyTo());
        putString(target, MESSAGE_ID, properties.messageId());
        putString(target, GROUP, properties.group());
        putString(target, DEDUPLICATION_ID, properties.deduplicationId());
        for (Header header : properties.headers()) {
            putHeader(target, header);
        }
        return target;
    }

    private static void putString(ByteBuf target, byte id, @Nullable String value) {
        if (value != null) {
            target.writeByte(id).writeInt(checkedUtf8Bytes(value));
            ByteBufUtil.writeUtf8(target, value);
        }
    }

    private static void putHeader(ByteBuf target, Header header) {
        target.writeByte(HEADER);
        int lengthAt = target.writerIndex();
        target.writeInt(0).writeShort(checkedUtf8Bytes(header.name()));
        ByteBufUtil.writeUtf8(target, header.name());
        Object value = header.value();
        if (value instanceof String text) {
            checkedUtf8Bytes(text);
            target.writeByte(TYPE_STRING);
            ByteBufUtil.writeUtf8(target, text);
        } else if (value instanceof Long number) {
            target.writeByte(TYPE_LONG).writeLong(number);
        } else if (value instanceof Double number) {
            target.writeByte(TYPE_DOUBLE).writeDouble(number);
        } else if (value instanceof Boolean flag) {
            target.writeByte(TYPE_BOOLEAN).writeBoolean(flag);
        } else {
            target.writeByte(TYPE_BYTES).writeBytes((byte[]) value);
        }
        target.setInt(lengthAt, target.writerIndex() - lengthAt - Integer.BYTES);
    }

    private static int checkedUtf8Bytes(String value) {
        int bytes = ByteBufUtil.utf8Bytes(value);
        if (bytes > STRING_BYTES_MAX) {
            throw new IllegalArgumentException("a property or header has at most 65,535 bytes, this one " + bytes);
        }
        return bytes;
    }

    /** Reads the properties that lie from {@code start} up to {@code end}. */
    static MessageProperties decode(ByteBuf source, int start, int end) {
        if (start == end) {
            return MessageProperties.NONE;
        }
        @Nullable String[] strings = new String[DEDUPLICATION_ID + 1];
        List<Header> headers = new ArrayList<>();
        int at = start;
        while (at < end) {
            byte id = source.getByte(at);
            int length = source.getInt(at + 1);
            int valueAt = at + PROPERTY_HEADER_BYTES;
            if (id == HEADER) {
                headers.add(header(source, valueAt, length));
            } else if (id > 0 && id < strings.length) {
                strings[id] = source.toString(valueAt, length, UTF_8);
            }
            at = valueAt + length;
        }
        return new MessageProperties(
                strings[KEY],
                strings[CONTENT_TYPE],
                strings[CORRELATION_ID],
                strings[REPLY_TO],
                strings[MESSAGE_ID],
                strings[GROUP],
                strings[DEDUPLICATION_ID],
                List.copyOf(headers));
    }

    private static Header header(ByteBuf source, int at, int length) {
        int nameBytes = source.getUnsignedShort(at);
        String name = source.toString(at + NativeFormat.NAME_LENGTH_BYTES, nameBytes, UTF_8);
        int typeAt = at + NativeFormat.NAME_LENGTH_BYTES + nameBytes;
        int valueAt = typeAt + 1;
        int valueBytes = at + length - valueAt;
        Object value =
                switch (source.getByte(typeAt)) {
                    case TYPE_STRING -> source.toString(valueAt, valueBytes, UTF_8);
                    case TYPE_LONG -> source.getLong(valueAt);
                    case TYPE_DOUBLE -> source.getDouble(valueAt);
                    case TYPE_BOOLEAN -> source.getBoolean(valueAt);
                    default -> ByteBufUtil.getBytes(source, valueAt, valueBytes);
                };
        return new Header(name, value);
    }

    /** Shows {@code visitor} the properties that lie from {@code start} up to {@code end}. */
    static void visit(ByteBuf source, int start, int end, PropertyVisitor visitor) {
        int at = start;
        while (at < end) {
            byte id = source.getByte(at);
            int length = source.getInt(at + 1);
            int valueAt = at + PROPERTY_HEADER_BYTES;
            if (id == HEADER) {
                visitHeader(source, valueAt, length, visitor);
            } else if (id > 0 && id < PROPERTIES.length) {
                MessageProperty property = PROPERTIES[id];
                if (property != null && visitor.onProperty(property)) {
                    visitor.onText(source, valueAt, length);
                }
            }
            at = valueAt + length;
        }
    }

    private static void visitHeader(ByteBuf source, int at, int length, PropertyVisitor visitor) {
        int nameBytes = source.getUnsignedShort(at);
        int nameAt = at + NativeFormat.NAME_LENGTH_BYTES;
        if (!visitor.onHeader(source, nameAt, nameBytes)) {
            return;
        }
        int typeAt = nameAt + nameBytes;
        int valueAt = typeAt + 1;
        int valueBytes = at + length - valueAt;
        switch (source.getByte(typeAt)) {
            case TYPE_STRING -> visitor.onText(source, valueAt, valueBytes);
            case TYPE_LONG -> visitor.onLong(source.getLong(valueAt));
            case TYPE_DOUBLE -> visitor.onDouble(source.getDouble(valueAt));
            case TYPE_BOOLEAN -> visitor.onBoolean(source.getBoolean(valueAt));
            default -> visitor.onBytes(source, valueAt, valueBytes);
        }
    }
}

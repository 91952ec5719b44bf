package io.millrace.broker.selector;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.message.MessageProperty;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** A message of a test: headers by name, properties and numbers. */
final class FakeMessage implements SelectorMessage {
    private final Map<String, Object> headers = new LinkedHashMap<>();
    private final Map<MessageProperty, String> properties = new EnumMap<>(MessageProperty.class);
    private final Map<SelectorField, Long> numbers = new EnumMap<>(SelectorField.class);

    static FakeMessage of(Map<String, Object> headers) {
        FakeMessage message = new FakeMessage();
        message.headers.putAll(headers);
        return message;
    }

    FakeMessage with(String header, Object value) {
        headers.put(header, value);
        return this;
    }

    FakeMessage with(MessageProperty property, String value) {
        properties.put(property, value);
        return this;
    }

    FakeMessage with(SelectorField field, long value) {
        numbers.put(field, value);
        return this;
    }

    boolean isSelectedBy(String selector) {
        return Selector.compile(selector).newMatcher().matches(this);
    }

    /** What {@code condition} comes to: where neither it nor its opposite selects, it is unknown. */
    Truth truthOf(String condition) {
        boolean holds = isSelectedBy(condition);
        boolean oppositeHolds = isSelectedBy("NOT (" + condition + ")");
        if (holds && oppositeHolds) {
            throw new AssertionError(condition + " is true, and so is its opposite");
        }
        return holds ? Truth.TRUE : oppositeHolds ? Truth.FALSE : Truth.UNKNOWN;
    }

    @Override
    public void fill(SelectorValues values) {
        properties.forEach((property, value) -> {
            if (values.onProperty(property)) {
                putText(values, value);
            }
        });
        headers.forEach((name, value) -> {
            ByteBuf text = Unpooled.copiedBuffer(". " + name + " .", UTF_8);
            if (values.onHeader(text, 2, text.readableBytes() - 4)) {
                put(values, value);
            }
        });
        numbers.forEach(values::number);
    }

    private static void put(SelectorValues values, Object value) {
        if (value instanceof String text) {
            putText(values, text);
        } else if (value instanceof Long number) {
            values.onLong(number);
        } else if (value instanceof Double number) {
            values.onDouble(number);
        } else if (value instanceof Boolean flag) {
            values.onBoolean(flag);
        } else {
            byte[] bytes = (byte[]) value;
            values.onBytes(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
        }
    }

    /** In the middle of other bytes, so that whoever looks beyond its ends is found out. */
    private static void putText(SelectorValues values, String text) {
        ByteBuf source = Unpooled.copiedBuffer("%%" + text + "%%", UTF_8);
        values.onText(source, 2, source.readableBytes() - 4);
    }
}

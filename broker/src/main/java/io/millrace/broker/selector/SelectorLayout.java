package io.millrace.broker.selector;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.message.MessageProperty;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What lies in which slot of {@link SelectorValues}: what a selector wants of a message, its literals, what it
 * computes. Immutable once built; any thread.
 */
final class SelectorLayout {
    static final int NO_SLOT = -1;

    private final int slots;
    private final TextTable headers;
    /** By the index in {@link #headers}. */
    private final int[] headerSlots;

    private final Map<MessageProperty, Integer> properties = new EnumMap<>(MessageProperty.class);
    private final Map<SelectorField, Integer> fields;
    /** The slots that each message fills anew. */
    private final int[] wanted;

    private final List<Literal> literals;

    private SelectorLayout(Builder builder) {
        slots = builder.slots;
        literals = List.copyOf(builder.literals);
        headers = TextTable.of(builder.headers.keySet());
        headerSlots = headers.texts().stream().mapToInt(builder.headers::get).toArray();
        fields = new EnumMap<>(builder.fields);
        fields.forEach((field, slot) -> {
            MessageProperty property = field.property();
            if (property != null) {
                properties.put(property, slot);
            }
        });
        wanted = IntStream.concat(
                        Arrays.stream(headerSlots), fields.values().stream().mapToInt(Integer::intValue))
                .toArray();
    }

    /** A value that is the same for all messages. */
    private record Literal(int slot, byte kind, long bits, ByteBuf text) {}

    int slots() {
        return slots;
    }

    /** Whether there is a property or header to look for. */
    boolean wantsProperties() {
        return !properties.isEmpty() || headerSlots.length > 0;
    }

    int slot(MessageProperty property) {
        return properties.getOrDefault(property, NO_SLOT);
    }

    int slot(SelectorField field) {
        return fields.getOrDefault(field, NO_SLOT);
    }

    /** The slot of the header whose name is {@code bytes} bytes at {@code at}; or {@link #NO_SLOT}. */
    int slotOfHeader(ByteBuf source, int at, int bytes) {
        int index = headers.find(source, at, bytes);
        return index == TextTable.ABSENT ? NO_SLOT : headerSlots[index];
    }

    /** Forgets the message before. */
    void clear(SelectorValues values) {
        for (int slot : wanted) {
            values.setNull(slot);
        }
    }

    void putLiterals(SelectorValues values) {
        for (Literal each : literals) {
            if (each.kind == SelectorValues.TEXT) {
                values.setText(each.slot, each.text, 0, each.text.readableBytes());
            } else {
                values.set(each.slot, each.kind, each.bits);
            }
        }
    }

    /** Gives out slots while a selector is compiled. One thread. */
    static final class Builder {
        private final Map<String, Integer> headers = new HashMap<>();
        private final Map<SelectorField, Integer> fields = new EnumMap<>(SelectorField.class);
        private final List<Literal> literals = new ArrayList<>();
        private int slots;

        /** The slot of a value that is computed. */
        int result() {
            return slots++;
        }

        int header(String name) {
            return headers.computeIfAbsent(name, unused -> slots++);
        }

        int field(SelectorField field) {
            return fields.computeIfAbsent(field, unused -> slots++);
        }

        int exact(long value) {
            return literal(SelectorValues.EXACT, value, Unpooled.EMPTY_BUFFER);
        }

        int approximate(double value) {
            return literal(SelectorValues.APPROXIMATE, Double.doubleToRawLongBits(value), Unpooled.EMPTY_BUFFER);
        }

        int truth(boolean value) {
            return literal(SelectorValues.BOOLEAN, value ? 1 : 0, Unpooled.EMPTY_BUFFER);
        }

        int text(String value) {
            return literal(SelectorValues.TEXT, 0, Unpooled.wrappedBuffer(value.getBytes(UTF_8)));
        }

        private int literal(byte kind, long bits, ByteBuf text) {
            literals.add(new Literal(slots, kind, bits, text));
            return slots++;
        }

        SelectorLayout build() {
            return new SelectorLayout(this);
        }
    }
}

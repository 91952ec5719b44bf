package io.millrace.api.rest;

import io.millrace.broker.message.DeliveryAttributes;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of the delivery of one message, gathered field by field; after {@link #clear} of the next one.
 * One thread.
 */
final class DeliveryFields {
    private static final Field[] FIELDS = Field.values();

    private final Map<Field, Long> said = new EnumMap<>(Field.class);

    /** Numbers that can be said. */
    enum Field {
        PRIORITY("priority", "millrace-priority", 0, DeliveryAttributes.PRIORITY_MAX),
        DELAY("delayMillis", "millrace-delay-millis", 0, DeliveryAttributes.SPAN_MILLIS_MAX),
        DUE("dueMillis", "millrace-due-millis", 1, DeliveryAttributes.DATE_MILLIS_MAX),
        TIME_TO_LIVE("timeToLiveMillis", "millrace-time-to-live-millis", 1, DeliveryAttributes.SPAN_MILLIS_MAX),
        EXPIRY("expiryMillis", "millrace-expiry-millis", 1, DeliveryAttributes.DATE_MILLIS_MAX);

        private final String word;
        private final String header;
        private final long least;
        private final long most;

        Field(String word, String header, long least, long most) {
            this.word = word;
            this.header = header;
            this.least = least;
            this.most = most;
        }

        /** Its name in JSON. */
        String word() {
            return word;
        }

        /** Its name in the header of a request. */
        String header() {
            return header;
        }

        long least() {
            return least;
        }

        long most() {
            return most;
        }

        boolean allows(long value) {
            return value >= least && value <= most;
        }

        /** The field that has this name by {@code naming}; null where none has. */
        static @Nullable Field named(String name, Function<Field, String> naming) {
            for (Field each : FIELDS) {
                if (naming.apply(each).equals(name)) {
                    return each;
                }
            }
            return null;
        }
    }

    void clear() {
        said.clear();
    }

    boolean isEmpty() {
        return said.isEmpty();
    }

    boolean has(Field field) {
        return said.containsKey(field);
    }

    /** Takes a value that the field allows. */
    void set(Field field, long value) {
        said.put(field, value);
    }

    private long said(Field field) {
        return said.getOrDefault(field, DeliveryAttributes.UNSAID);
    }

    /**
     * All of it. Where two exclude each other, an {@link IllegalArgumentException} says so in words that follow "the
     * message", naming them by {@code naming}.
     */
    DeliveryAttributes attributes(Function<Field, String> naming) {
        if (isEmpty()) {
            return DeliveryAttributes.NONE;
        }
        exclude(Field.DELAY, Field.DUE, naming);
        exclude(Field.TIME_TO_LIVE, Field.EXPIRY, naming);
        return new DeliveryAttributes(
                said(Field.PRIORITY), said(Field.DELAY), said(Field.DUE), said(Field.TIME_TO_LIVE), said(Field.EXPIRY));
    }

    private void exclude(Field one, Field other, Function<Field, String> naming) {
        if (has(one) && has(other)) {
            throw new IllegalArgumentException(
                    "has " + naming.apply(one) + " and " + naming.apply(other) + ", which exclude each other");
        }
    }
}

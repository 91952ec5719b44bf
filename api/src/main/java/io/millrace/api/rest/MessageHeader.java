package io.millrace.api.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.broker.TopicPublish;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageProperties.Header;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a request says of the message that is its body. Immutable; any thread.
 *
 * @param properties what comes out again
 * @param attributes what decides about the delivery
 */
record MessageHeader(MessageProperties properties, DeliveryAttributes attributes) {
    private static final String PREFIX = "millrace-";
    private static final String HEADER_PREFIX = "millrace-header-";

    /** Reads it; a {@link ProblemException} says what is wrong. */
    static MessageHeader read(Exchange exchange) {
        List<Header> headers = new ArrayList<>(0);
        DeliveryFields delivery = null;
        for (Map.Entry<AsciiString, String> each : exchange.headers()) {
            String name = each.getKey().toString();
            if (name.startsWith(HEADER_PREFIX)) {
                headers.add(header(exchange, name, headers));
            } else if (name.startsWith(PREFIX)) {
                delivery = withNumber(delivery, name, each.getValue());
            }
        }
        if (headers.size() > BatchReader.HEADERS_MAX) {
            throw invalid("a message has at most " + BatchReader.HEADERS_MAX + " headers");
        }
        MessageProperties properties = new MessageProperties(
                exchange.header("millrace-key"),
                exchange.header(HttpHeaderNames.CONTENT_TYPE.toString()),
                exchange.header("millrace-correlation-id"),
                exchange.header("millrace-reply-to"),
                exchange.header("millrace-message-id"),
                name(exchange, "millrace-group"),
                name(exchange, "millrace-deduplication-id"),
                headers);
        return new MessageHeader(properties, attributes(delivery));
    }

    /** What a message to an exchange is published with; nothing where the header does not say. */
    static String routingKey(Exchange exchange) {
        String key = exchange.header("millrace-routing-key");
        if (key != null && exchange.headers().getAll("millrace-routing-key").size() > 1) {
            throw twice("millrace-routing-key");
        }
        return key == null ? "" : key;
    }

    /** The partition of a topic that a message is for; {@link TopicPublish#ANY_PARTITION} where it does not say. */
    static int partition(Exchange exchange) {
        String text = name(exchange, "millrace-partition");
        if (text == null) {
            return TopicPublish.ANY_PARTITION;
        }
        if (!text.matches("\\d{1,9}")) {
            throw invalid("header millrace-partition is a whole number, 0 or more");
        }
        return Integer.parseInt(text);
    }

    private static Header header(Exchange exchange, String name, List<Header> before) {
        String shortName = name.substring(HEADER_PREFIX.length());
        if (before.stream().anyMatch(header -> header.name().equals(shortName))) {
            throw twice(name);
        }
        return new Header(shortName, String.valueOf(exchange.header(name)));
    }

    /** {@code before}, which most messages do not need, with what the field says, if it is one. */
    private static @Nullable DeliveryFields withNumber(@Nullable DeliveryFields before, String name, String value) {
        DeliveryFields.Field field = DeliveryFields.Field.named(name, DeliveryFields.Field::header);
        if (field == null) {
            return before;
        }
        DeliveryFields delivery = before == null ? new DeliveryFields() : before;
        if (delivery.has(field)) {
            throw twice(name);
        }
        delivery.set(field, number(field, value));
        return delivery;
    }

    private static long number(DeliveryFields.Field field, String value) {
        try {
            long number = Long.parseLong(value);
            if (field.allows(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same answer.
        }
        throw invalid("header " + field.header() + " is a whole number from " + field.least() + " to " + field.most());
    }

    private static @Nullable String name(Exchange exchange, String name) {
        String text = exchange.header(name);
        if (text != null && text.isEmpty()) {
            throw invalid("header " + name + " is empty");
        }
        if (text != null && exchange.headers().getAll(name).size() > 1) {
            throw twice(name);
        }
        return text;
    }

    private static DeliveryAttributes attributes(@Nullable DeliveryFields delivery) {
        if (delivery == null) {
            return DeliveryAttributes.NONE;
        }
        try {
            return delivery.attributes(DeliveryFields.Field::header);
        } catch (IllegalArgumentException e) {
            throw invalid("the header " + e.getMessage());
        }
    }

    private static ProblemException twice(String name) {
        return invalid("header " + name + " is there twice");
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(Problem.INVALID_VALUE, detail);
    }
}

package io.millrace.broker.routing;

import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageProperties.Header;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What exchanges see of a message. What it takes to look at headers is made when the first one asks. One thread. */
public final class RoutedMessage {
    private final String routingKey;
    private final MessageProperties properties;
    private @Nullable Map<String, Object> headers;
    private @Nullable Set<String> headerKeys;

    /** Makes one; an {@link IllegalArgumentException} says what is wrong with {@code routingKey}. */
    public RoutedMessage(String routingKey, MessageProperties properties) {
        this.routingKey = RoutingKey.check("routingKey", routingKey);
        this.properties = properties;
    }

    /** What it is published with. */
    public String routingKey() {
        return routingKey;
    }

    MessageProperties properties() {
        return properties;
    }

    /** The value of the header {@code name}; null where there is none. */
    @Nullable
    Object header(String name) {
        if (headers == null) {
            headers = new HashMap<>();
            for (Header each : properties.headers()) {
                headers.put(each.name(), each.value());
            }
        }
        return headers.get(name);
    }

    /** What its headers are, as {@link HeaderKey} spells it. */
    Set<String> headerKeys() {
        if (headerKeys == null) {
            headerKeys = new HashSet<>();
            for (Header each : properties.headers()) {
                headerKeys.add(HeaderKey.presence(each.name()));
                headerKeys.add(HeaderKey.value(each.name(), each.value()));
            }
        }
        return headerKeys;
    }
}

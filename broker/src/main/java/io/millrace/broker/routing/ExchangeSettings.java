package io.millrace.broker.routing;

import io.millrace.broker.ResourceName;
import org.jspecify.annotations.Nullable;

/**
 * What is said of an exchange when it is made, and holds as long as it is there. Immutable; any thread.
 *
 * @param type how it decides
 * @param internal whether only other exchanges lead into it, and nobody publishes to it
 * @param alternate the exchange of its space that is given what none of its own bindings takes; it need not exist
 * @param hashHeader of a consistent-hash exchange: the header whose value decides, instead of the routing key
 * @param hashProperty the same with a property
 */
public record ExchangeSettings(
        ExchangeType type,
        boolean internal,
        @Nullable ResourceName alternate,
        @Nullable String hashHeader,
        @Nullable HashProperty hashProperty) {
    /** Checks what fits together; an {@link IllegalArgumentException} says what does not. */
    public ExchangeSettings {
        boolean hashes = hashHeader != null || hashProperty != null;
        if (hashes && type != ExchangeType.CONSISTENT_HASH) {
            throw new IllegalArgumentException(
                    "hashHeader and hashProperty are for exchanges of the type consistent-hash");
        }
        if (hashHeader != null && hashProperty != null) {
            throw new IllegalArgumentException("there is a hashHeader or a hashProperty, not both");
        }
        if (hashHeader != null) {
            RoutingKey.check("hashHeader", hashHeader);
        }
    }

    /** An exchange of which only the type is said. */
    public static ExchangeSettings of(ExchangeType type) {
        return new ExchangeSettings(type, false, null, null, null);
    }
}

package io.millrace.broker;

/**
 * The name of something that lives in a space: a queue, a topic, an exchange, a subscription. Any name by
 * {@link NameRule}.
 *
 * <p>Immutable; any thread.
 */
public record ResourceName(String value) implements Comparable<ResourceName> {
    /** @throws IllegalArgumentException says what is wrong with the name */
    public ResourceName {
        NameRule.check("name", value);
    }

    @Override
    public int compareTo(ResourceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

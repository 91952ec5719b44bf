package io.millrace.broker;

/**
 * The name of something that lives in a space: a queue, a topic, an exchange, a subscription. Any name by
 * {@link NameRule}.
 *
 * <p>Immutable; any thread.
 */
public record ResourceName(String value) implements Comparable<ResourceName> {
    /** The first of all names in their order: a space is the least character that a name may have. */
    public static final ResourceName LEAST = new ResourceName(" ");

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

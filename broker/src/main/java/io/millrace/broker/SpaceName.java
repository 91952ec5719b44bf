package io.millrace.broker;

/**
 * The name of a space: what a connection works in, and what keeps two queues of one name apart. Any name by
 * {@link NameRule} except {@code /}, AMQP's spelling of the root space, and {@code *}, which means every space in
 * permissions.
 *
 * <p>Immutable; any thread.
 */
public record SpaceName(String value) implements Comparable<SpaceName> {
    /** The space that exists from the beginning and that is meant where none is named. */
    public static final SpaceName ROOT = new SpaceName("root");

    /** @throws IllegalArgumentException says what is wrong with the name */
    public SpaceName {
        NameRule.check("space name", value);
        if (value.equals("/") || value.equals("*")) {
            throw new IllegalArgumentException("space name " + value + " is reserved");
        }
    }

    @Override
    public int compareTo(SpaceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.millrace.broker;

import io.millrace.broker.routing.Destination;

/**
 * Where messages are moved, in the space of their queue, by name: it is looked up whenever some are. Immutable; any
 * thread.
 *
 * @param kind a queue or a topic
 * @param name its name
 */
public record MoveTarget(Destination.Kind kind, ResourceName name) {
    /** Checks the kind. */
    public MoveTarget {
        if (kind == Destination.Kind.EXCHANGE) {
            throw new IllegalArgumentException("messages are moved to a queue or to a topic, not to an exchange");
        }
    }

    /** A queue; an {@link IllegalArgumentException} says what is wrong with the name. */
    public static MoveTarget queue(String name) {
        return new MoveTarget(Destination.Kind.QUEUE, new ResourceName(name));
    }

    /** A topic; an {@link IllegalArgumentException} says what is wrong with the name. */
    public static MoveTarget topic(String name) {
        return new MoveTarget(Destination.Kind.TOPIC, new ResourceName(name));
    }

    /** Whether it is a topic, else it is a queue. */
    public boolean isTopic() {
        return kind == Destination.Kind.TOPIC;
    }

    @Override
    public String toString() {
        return kind.word() + " " + name;
    }
}

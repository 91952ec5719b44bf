package io.millrace.broker.schedule;

import io.millrace.broker.ResourceName;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.RoutingKey;

/**
 * Where the messages of a schedule go, in its space, by name: it is looked up at each firing. Immutable; any thread.
 *
 * @param kind what it is
 * @param name its name
 * @param routingKey of an exchange, what its bindings go by; else empty
 */
public record ScheduleTarget(Destination.Kind kind, ResourceName name, String routingKey) {
    /** Checks the key. */
    public ScheduleTarget {
        RoutingKey.check("routingKey", routingKey);
        if (kind != Destination.Kind.EXCHANGE && !routingKey.isEmpty()) {
            throw new IllegalArgumentException("routingKey is for an exchange; a " + kind.word() + " has none");
        }
    }

    /** A queue. */
    public static ScheduleTarget queue(String name) {
        return new ScheduleTarget(Destination.Kind.QUEUE, new ResourceName(name), "");
    }

    /** A topic. */
    public static ScheduleTarget topic(String name) {
        return new ScheduleTarget(Destination.Kind.TOPIC, new ResourceName(name), "");
    }

    /** An exchange. */
    public static ScheduleTarget exchange(String name, String routingKey) {
        return new ScheduleTarget(Destination.Kind.EXCHANGE, new ResourceName(name), routingKey);
    }

    @Override
    public String toString() {
        return kind.word() + " " + name;
    }
}

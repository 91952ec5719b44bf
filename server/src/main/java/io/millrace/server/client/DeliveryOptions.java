package io.millrace.server.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how messages are to be delivered. */
final class DeliveryOptions {
    @Option(
            names = "--priority",
            paramLabel = "N",
            description = "The priority, 0 to 4294967295; 0 comes first (default: what the queue says).")
    private @Nullable Long priority;

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "Keep every message back for this long after its publish, for example 10m"
                    + " (default: what the queue says).")
    private @Nullable Duration delay;

    @Option(
            names = "--due",
            paramLabel = "DATE",
            converter = DateOption.class,
            description = "Keep every message back until then: 2027-01-31T18:00:00+01:00, or milliseconds since 1970.")
    private @Nullable Long dueMillis;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "Remove what nobody has consumed this long after its publish (default: what the queue says,"
                    + " which also counts where it is less).")
    private @Nullable Duration timeToLive;

    @Option(
            names = "--expires",
            paramLabel = "DATE",
            converter = DateOption.class,
            description = "Remove what nobody has consumed by then.")
    private @Nullable Long expiryMillis;

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "The group: its messages are delivered strictly in order, one at a time.")
    private @Nullable String group;

    @Option(
            names = "--deduplication-id",
            paramLabel = "ID",
            description = "What a second publish of the same is known by: it is confirmed, and not stored again."
                    + " This is the id of the first message; further ones have ID-2, ID-3 and so on. A request whose"
                    + " answer was lost is then repeated.")
    private @Nullable String deduplicationId;

    /** What does not fit together; empty where all does. */
    Optional<String> fault() {
        if (delay != null && dueMillis != null) {
            return Optional.of("--delay and --due exclude each other");
        }
        if (timeToLive != null && expiryMillis != null) {
            return Optional.of("--ttl and --expires exclude each other");
        }
        return Optional.empty();
    }

    Delivery delivery() {
        return new Delivery(
                Optional.ofNullable(priority),
                Optional.ofNullable(delay),
                Optional.ofNullable(dueMillis),
                Optional.ofNullable(timeToLive),
                Optional.ofNullable(expiryMillis),
                Optional.ofNullable(group),
                Optional.ofNullable(deduplicationId));
    }
}

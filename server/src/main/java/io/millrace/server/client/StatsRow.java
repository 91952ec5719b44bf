package io.millrace.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;

/**
 * A queue's counts at one moment, as a row of a table. Immutable; any thread.
 *
 * @param published messages that came since the broker was started, as the three counts behind it
 */
record StatsRow(
        String queue,
        long ready,
        long leased,
        long delayed,
        long damaged,
        long published,
        long delivered,
        long redelivered,
        long acknowledged) {
    static final List<String> CONTENTS = List.of("QUEUE", "READY", "LEASED", "DELAYED");
    static final List<String> HEADINGS =
            List.of("QUEUE", "READY", "LEASED", "DELAYED", "PUBLISHED", "DELIVERED", "REDELIVERED", "ACKNOWLEDGED");
    static final List<String> RATE_HEADINGS =
            List.of("QUEUE", "READY", "LEASED", "DELAYED", "PUBLISHED", "DELIVERED", "ACKNOWLEDGED");

    /** Reads what the API answers about a queue. */
    static StatsRow of(JsonNode queue) {
        JsonNode stats = queue.path("stats");
        return new StatsRow(
                queue.path("name").asText(),
                stats.path("ready").asLong(),
                stats.path("leased").asLong(),
                stats.path("delayed").asLong(),
                stats.path("damaged").asLong(),
                stats.path("published").asLong(),
                stats.path("delivered").asLong(),
                stats.path("redelivered").asLong(),
                stats.path("acknowledged").asLong());
    }

    /** Under {@link #CONTENTS}. */
    List<String> contents() {
        return List.of(queue, Numbers.count(ready), Numbers.count(leased), Numbers.count(delayed));
    }

    /** Under {@link #HEADINGS}. */
    List<String> counts() {
        return List.of(
                queue,
                Numbers.count(ready),
                Numbers.count(leased),
                Numbers.count(delayed),
                Numbers.count(published),
                Numbers.count(delivered),
                Numbers.count(redelivered),
                Numbers.count(acknowledged));
    }

    /** Under {@link #RATE_HEADINGS}: how much happened in {@code time}, since {@code before}. */
    List<String> rates(StatsRow before, Duration time) {
        return List.of(
                queue,
                Numbers.count(ready),
                Numbers.count(leased),
                Numbers.count(delayed),
                rate(published, before.published, time),
                rate(delivered, before.delivered, time),
                rate(acknowledged, before.acknowledged, time));
    }

    /** Counts begin anew when the broker is started again. */
    private static String rate(long now, long before, Duration time) {
        return Numbers.rate(now >= before ? now - before : now, time);
    }
}

package io.millrace.engine;

/**
 * What a queue did since the broker started. Bumped on the loop, copied for others.
 *
 * @param published messages stored
 * @param delivered deliveries, first and further
 * @param redelivered deliveries that were not the first of their message
 * @param acknowledged messages settled by a consumer
 * @param released messages given back by a consumer
 * @param rejected messages refused by a consumer
 * @param expired leases that ran out
 * @param messagesExpired messages that nobody had settled when their expiry came
 * @param dead messages that became dead letters
 * @param overflowed messages that have had to go because the queue was too long, dead letters among them
 * @param refused messages that were not taken because the queue was full
 */
public record QueueCounters(
        long published,
        long delivered,
        long redelivered,
        long acknowledged,
        long released,
        long rejected,
        long expired,
        long messagesExpired,
        long dead,
        long overflowed,
        long refused) {
    /** These and {@code other} added up. */
    QueueCounters plus(QueueCounters other) {
        return new QueueCounters(
                published + other.published,
                delivered + other.delivered,
                redelivered + other.redelivered,
                acknowledged + other.acknowledged,
                released + other.released,
                rejected + other.rejected,
                expired + other.expired,
                messagesExpired + other.messagesExpired,
                dead + other.dead,
                overflowed + other.overflowed,
                refused + other.refused);
    }
}

package io.millrace.engine;

import io.millrace.engine.queue.Queue;
import io.millrace.engine.subscription.IndividualSubscription;

/**
 * A queue at one moment.
 *
 * @param ready messages that could be delivered now
 * @param leased messages that consumers hold
 * @param delayed messages that are not due yet
 * @param damaged messages that cannot be read
 * @param dead messages that are not delivered any more, and wait to be moved
 * @param waitingBytes bytes of the messages that wait, of a queue that is bounded in bytes; else 0
 * @param waiting receives that wait for a message
 * @param nextOffset the offset that the next message will have
 * @param counters what it did since the start
 * @param log what its log has
 */
public record QueueStats(
        long ready,
        long leased,
        long delayed,
        long damaged,
        long dead,
        long waitingBytes,
        int waiting,
        long nextOffset,
        QueueCounters counters,
        LogStats log) {
    private static long held(Queue queue) {
        return queue.undecided().size() + queue.claimed().size();
    }

    /** Of {@code queue} at this moment, where {@code waiting} receives wait. */
    static QueueStats of(Queue queue, int waiting) {
        IndividualSubscription subscription = queue.subscription();
        return new QueueStats(
                subscription.ready(queue.log().readableOffset()),
                subscription.leased() + queue.claimed().size(),
                Math.max(0, subscription.delayed().size() - held(queue)),
                subscription.damaged().size(),
                subscription.dead().size(),
                queue.length() == null ? 0 : queue.length().bytes(),
                waiting,
                queue.log().nextOffset(),
                new QueueCounters(
                        queue.published(),
                        queue.delivered(),
                        queue.redelivered(),
                        queue.acknowledged(),
                        queue.released(),
                        queue.rejected(),
                        queue.leasesExpired(),
                        queue.messagesExpired(),
                        queue.dead(),
                        queue.overflowed(),
                        queue.refused()),
                LogStats.of(queue, waiting));
    }

    /** This queue and {@code other} together. */
    public QueueStats with(QueueStats other) {
        return new QueueStats(
                ready + other.ready,
                leased + other.leased,
                delayed + other.delayed,
                damaged + other.damaged,
                dead + other.dead,
                waitingBytes + other.waitingBytes,
                Math.max(waiting, other.waiting),
                nextOffset + other.nextOffset,
                counters.plus(other.counters),
                log.with(other.log));
    }
}

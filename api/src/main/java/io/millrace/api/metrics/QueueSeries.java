package io.millrace.api.metrics;

import io.millrace.broker.Broker;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.LogStats;
import io.millrace.engine.QueueCounters;
import io.millrace.engine.QueueStats;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The figures of queues: the first ones by name have series of their own, all others one that is their sum. Shards are
 * asked about {@value #ASKED_AT_A_TIME} queues at a time, so that no loop is held up. One thread at a time, once.
 */
final class QueueSeries {
    /** Stands for the space and the queue of the sum; no space is called that. */
    static final String REST = "*";

    private static final int ASKED_AT_A_TIME = 500;

    private static final QueueStats NOTHING = new QueueStats(
            0, 0, 0, 0, 0, 0, 0, 0, new QueueCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), new LogStats(0, 0, 0, 0));

    private final Broker broker;
    private final Series series;
    private final int ownSeriesMax;
    private final List<QueueDefinition> queues;
    private QueueStats rest = NOTHING;

    QueueSeries(Broker broker, Series series, int ownSeriesMax) {
        this.broker = broker;
        this.series = series;
        this.ownSeriesMax = ownSeriesMax;
        this.queues = List.copyOf(broker.catalog().snapshot().queues().values());
    }

    /** Completes when the series has all figures. */
    CompletableFuture<Void> collect() {
        int addedUp = Math.max(0, queues.size() - ownSeriesMax);
        series.add(Metric.QUEUES, queues.size());
        series.add(Metric.QUEUES_ADDED_UP, addedUp);
        return collectFrom(0).thenRun(() -> {
            if (addedUp > 0) {
                write(REST, REST, rest);
            }
        });
    }

    private CompletableFuture<Void> collectFrom(int first) {
        if (first >= queues.size()) {
            return CompletableFuture.completedFuture(null);
        }
        int end = Math.min(queues.size(), first + ASKED_AT_A_TIME);
        return broker.stats(queues.subList(first, end)).thenCompose(stats -> {
            for (int i = first; i < end; i++) {
                take(i, stats);
            }
            return collectFrom(end);
        });
    }

    private void take(int index, Map<Long, QueueStats> stats) {
        QueueDefinition queue = queues.get(index);
        QueueStats now = stats.get(queue.logId());
        if (now == null) {
            return;
        }
        if (index < ownSeriesMax) {
            write(queue.queue().space().value(), queue.queue().name().value(), now);
        } else {
            rest = sum(rest, now);
        }
    }

    private static QueueStats sum(QueueStats one, QueueStats other) {
        QueueCounters a = one.counters();
        QueueCounters b = other.counters();
        return new QueueStats(
                one.ready() + other.ready(),
                one.leased() + other.leased(),
                one.delayed() + other.delayed(),
                one.damaged() + other.damaged(),
                one.dead() + other.dead(),
                one.waitingBytes() + other.waitingBytes(),
                one.waiting() + other.waiting(),
                0,
                new QueueCounters(
                        a.published() + b.published(),
                        a.delivered() + b.delivered(),
                        a.redelivered() + b.redelivered(),
                        a.acknowledged() + b.acknowledged(),
                        a.released() + b.released(),
                        a.rejected() + b.rejected(),
                        a.expired() + b.expired(),
                        a.messagesExpired() + b.messagesExpired(),
                        a.dead() + b.dead(),
                        a.overflowed() + b.overflowed(),
                        a.refused() + b.refused()),
                one.log());
    }

    private void write(String space, String queue, QueueStats stats) {
        series.add(Metric.QUEUE_MESSAGES, stats.ready(), space, queue, "ready");
        series.add(Metric.QUEUE_MESSAGES, stats.leased(), space, queue, "leased");
        series.add(Metric.QUEUE_MESSAGES, stats.delayed(), space, queue, "delayed");
        series.add(Metric.QUEUE_MESSAGES, stats.damaged(), space, queue, "damaged");
        series.add(Metric.QUEUE_MESSAGES, stats.dead(), space, queue, "dead");
        series.add(Metric.QUEUE_WAITING, stats.waiting(), space, queue);
        QueueCounters counters = stats.counters();
        series.add(Metric.QUEUE_PUBLISHED, counters.published(), space, queue);
        series.add(Metric.QUEUE_DELIVERED, counters.delivered(), space, queue);
        series.add(Metric.QUEUE_REDELIVERED, counters.redelivered(), space, queue);
        series.add(Metric.QUEUE_ACKNOWLEDGED, counters.acknowledged(), space, queue);
        series.add(Metric.QUEUE_RELEASED, counters.released(), space, queue);
        series.add(Metric.QUEUE_REJECTED, counters.rejected(), space, queue);
        series.add(Metric.QUEUE_EXPIRED, counters.expired(), space, queue);
        series.add(Metric.QUEUE_MESSAGES_EXPIRED, counters.messagesExpired(), space, queue);
        series.add(Metric.QUEUE_DEAD_LETTERS, counters.dead(), space, queue);
        series.add(Metric.QUEUE_OVERFLOWED, counters.overflowed(), space, queue);
        series.add(Metric.QUEUE_REFUSED, counters.refused(), space, queue);
        series.add(Metric.QUEUE_WAITING_BYTES, stats.waitingBytes(), space, queue);
    }
}

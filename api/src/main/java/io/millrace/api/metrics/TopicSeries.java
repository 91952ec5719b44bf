package io.millrace.api.metrics;

import io.millrace.broker.Broker;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.engine.QueueStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The figures of topics, by partition: the first ones by name have series of their own, all others one that is their
 * sum. Shards are asked about {@value #ASKED_AT_A_TIME} partitions at a time, so that no loop is held up. One thread at
 * a time, once.
 */
final class TopicSeries {
    private static final int ASKED_AT_A_TIME = 500;

    private final Broker broker;
    private final Series series;
    private final int ownSeriesMax;
    private final List<TopicPartition> partitions = new ArrayList<>();
    private long restPublished;
    private long restBytes;

    /** Up to {@code ownSeriesMax} partitions have series of their own. */
    TopicSeries(Broker broker, Series series, int ownSeriesMax) {
        this.broker = broker;
        this.series = series;
        this.ownSeriesMax = ownSeriesMax;
        broker.catalog().snapshot().topics().all().forEach(topic -> partitions.addAll(topic.partitions()));
    }

    /** Completes when the series has all figures. */
    CompletableFuture<Void> collect() {
        int addedUp = Math.max(0, partitions.size() - ownSeriesMax);
        series.add(Metric.TOPICS, broker.catalog().snapshot().topics().all().size());
        series.add(Metric.PARTITIONS_ADDED_UP, addedUp);
        return collectFrom(0).thenRun(() -> {
            if (addedUp > 0) {
                String rest = QueueSeries.REST;
                series.add(Metric.TOPIC_PUBLISHED, restPublished, rest, rest, rest);
                series.add(Metric.TOPIC_BYTES, restBytes, rest, rest, rest);
            }
        });
    }

    private CompletableFuture<Void> collectFrom(int first) {
        if (first >= partitions.size()) {
            return CompletableFuture.completedFuture(null);
        }
        int end = Math.min(partitions.size(), first + ASKED_AT_A_TIME);
        return broker.stats(partitions.subList(first, end)).thenCompose(stats -> {
            for (int i = first; i < end; i++) {
                take(i, stats);
            }
            return collectFrom(end);
        });
    }

    private void take(int index, Map<Long, QueueStats> stats) {
        TopicPartition partition = partitions.get(index);
        QueueStats now = stats.get(partition.logId());
        if (now == null) {
            return;
        }
        if (index >= ownSeriesMax) {
            restPublished += now.counters().published();
            restBytes += now.log().bytes();
            return;
        }
        String space = partition.topic().key().space().value();
        String topic = partition.topic().name();
        String number = Integer.toString(partition.number());
        series.add(Metric.TOPIC_PUBLISHED, now.counters().published(), space, topic, number);
        series.add(Metric.TOPIC_BYTES, now.log().bytes(), space, topic, number);
        series.add(Metric.TOPIC_EARLIEST, now.log().earliestOffset(), space, topic, number);
        series.add(Metric.TOPIC_END, now.log().endOffset(), space, topic, number);
    }
}

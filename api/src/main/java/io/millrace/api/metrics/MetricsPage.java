package io.millrace.api.metrics;

import io.millrace.api.http.HttpTraffic;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerHealth;
import io.millrace.storage.StoreFigures;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Collects all figures when somebody asks for them. Any thread. */
public final class MetricsPage {
    /** The media type of the page. */
    public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Broker broker;
    private final HttpTraffic traffic;
    private final int queuesMax;

    /** Figures of {@code broker} and {@code traffic}; up to {@code queuesMax} queues, and partitions, have series. */
    public MetricsPage(Broker broker, HttpTraffic traffic, int queuesMax) {
        this.broker = broker;
        this.traffic = traffic;
        this.queuesMax = queuesMax;
    }

    /** The page. */
    public CompletableFuture<byte[]> page() {
        Series series = new Series();
        collectBroker(series);
        collectTraffic(series);
        JvmSeries.collect(series);
        return new QueueSeries(broker, series, queuesMax)
                .collect()
                .thenCompose(done -> new TopicSeries(broker, series, queuesMax).collect())
                .thenCompose(done -> collectSchedules(series))
                .thenApply(done -> series.text());
    }

    private CompletableFuture<Void> collectSchedules(Series series) {
        series.add(
                Metric.SCHEDULES, broker.catalog().snapshot().schedules().all().size());
        return broker.scheduler().counts().thenAccept(counts -> {
            series.add(Metric.SCHEDULES_FAILING, counts.failing());
            series.add(Metric.SCHEDULE_FIRED, counts.fired());
            series.add(Metric.SCHEDULE_MISSED, counts.missed());
            series.add(Metric.SCHEDULE_FAILED, counts.failed());
        });
    }

    private void collectBroker(Series series) {
        String version = MetricsPage.class.getPackage().getImplementationVersion();
        series.add(Metric.BUILD, 1, version == null ? "development" : version);
        BrokerHealth health = broker.health();
        series.add(Metric.READY, health.ready() && !traffic.isClosing() ? 1 : 0);
        series.add(Metric.FAILED_SHARDS, health.failedShards().size());
        series.add(Metric.HAS_SPACE, health.space().hasRoom() ? 1 : 0);
        series.add(Metric.BEHIND, health.space().isBehind() ? 1 : 0);
        series.add(Metric.STORAGE_USED, health.space().usedBytes());
        series.add(Metric.STORAGE_FREE, health.space().usableBytes());
        series.add(Metric.DAMAGES, health.damages().size());
        StoreFigures store = broker.store().figures();
        series.add(Metric.JOURNAL_GROUPS, store.groups());
        series.add(Metric.JOURNAL_WRITTEN, store.writtenBytes());
        series.addSummary(Metric.JOURNAL_SYNC, store.syncs(), store.syncNanos() / NANOS_PER_SECOND);
        series.add(Metric.JOURNAL_SIZE, store.logBytes());
        store.own().forEach(series::add);
    }

    private void collectTraffic(Series series) {
        for (Map.Entry<HttpTraffic.Answered, Long> each : traffic.answered().entrySet()) {
            HttpTraffic.Answered kind = each.getKey();
            series.add(Metric.HTTP_REQUESTS, each.getValue(), kind.route(), Integer.toString(kind.status()));
        }
        series.add(Metric.HTTP_UNDER_WAY, traffic.underWay());
        series.add(Metric.HTTP_CONNECTIONS, traffic.connections());
        series.add(Metric.HTTP_REQUEST_BYTES, traffic.requestBytes().takenBytes());
        series.add(Metric.HTTP_ANSWER_BYTES, traffic.answerBytes().takenBytes());
    }
}

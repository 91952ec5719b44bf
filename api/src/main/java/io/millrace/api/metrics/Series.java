package io.millrace.api.metrics;

import io.millrace.base.Check;
import io.millrace.storage.StoreFigures;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The series of one scrape. Handed from thread to thread, never shared. */
final class Series {
    private final Map<Metric, List<Point>> points = new EnumMap<>(Metric.class);
    private final List<StoreFigures.Count> counts = new ArrayList<>();

    private record Point(Labels labels, long count, double value) {}

    /** Adds a count; beyond 2^53 its last digits are lost. */
    void add(Metric metric, long value, String... labels) {
        add(metric, (double) value, labels);
    }

    /** Adds a value of a counter or a gauge. */
    void add(Metric metric, double value, String... labels) {
        Check.that(metric.kind() != Metric.Kind.SUMMARY, "a summary has a count, too");
        put(metric, new Point(labels(metric, labels), 0, value));
    }

    /** Adds the count and the sum of a summary. */
    void addSummary(Metric metric, long count, double sum, String... labels) {
        Check.that(metric.kind() == Metric.Kind.SUMMARY, "only a summary has a count");
        put(metric, new Point(labels(metric, labels), count, sum));
    }

    /** Adds what only the store at hand counts. */
    void add(StoreFigures.Count count) {
        counts.add(count);
    }

    private void put(Metric metric, Point point) {
        points.computeIfAbsent(metric, first -> new ArrayList<>()).add(point);
    }

    private static Labels labels(Metric metric, String[] values) {
        return Labels.of(metric.labels().toArray(new String[0]), values);
    }

    /** What Prometheus reads (text format 0.0.4). */
    byte[] text() {
        MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
        points.forEach((metric, values) -> snapshots.metricSnapshot(snapshot(metric, values)));
        counts.forEach(count -> snapshots.metricSnapshot(snapshot(count)));
        ByteArrayOutputStream target = new ByteArrayOutputStream(16 << 10);
        try {
            PrometheusTextFormatWriter.create().write(target, snapshots.build(), EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException e) {
            throw new IllegalStateException("memory can be written", e);
        }
        return target.toByteArray();
    }

    private static MetricSnapshot snapshot(StoreFigures.Count count) {
        return CounterSnapshot.builder()
                .name("millrace_" + count.name())
                .help(count.help())
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value((double) count.value())
                        .build())
                .build();
    }

    private static MetricSnapshot snapshot(Metric metric, List<Point> values) {
        return switch (metric.kind()) {
            case COUNTER -> {
                CounterSnapshot.Builder counter =
                        CounterSnapshot.builder().name(metric.id()).help(metric.help());
                values.forEach(each -> counter.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .labels(each.labels())
                        .value(each.value())
                        .build()));
                yield counter.build();
            }
            case GAUGE -> {
                GaugeSnapshot.Builder gauge =
                        GaugeSnapshot.builder().name(metric.id()).help(metric.help());
                values.forEach(each -> gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .labels(each.labels())
                        .value(each.value())
                        .build()));
                yield gauge.build();
            }
            case SUMMARY -> {
                SummarySnapshot.Builder summary =
                        SummarySnapshot.builder().name(metric.id()).help(metric.help());
                values.forEach(each -> summary.dataPoint(SummarySnapshot.SummaryDataPointSnapshot.builder()
                        .labels(each.labels())
                        .count(each.count())
                        .sum(each.value())
                        .build()));
                yield summary.build();
            }
        };
    }
}

package io.millrace.api.metrics;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.concurrent.TimeUnit;

/** The figures of the Java machine. Stateless; any thread. */
final class JvmSeries {
    private static final double MILLIS_PER_SECOND = TimeUnit.SECONDS.toMillis(1);

    private JvmSeries() {}

    static void collect(Series series) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        series.add(Metric.JVM_HEAP_USED, heap.getUsed());
        series.add(Metric.JVM_HEAP_MAX, heap.getMax());
        collectDirectMemory(series);
        for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
            long count = Math.max(0, each.getCollectionCount());
            double seconds = Math.max(0, each.getCollectionTime()) / MILLIS_PER_SECOND;
            series.addSummary(Metric.JVM_GC, count, seconds, each.getName());
        }
        series.add(Metric.JVM_THREADS, ManagementFactory.getThreadMXBean().getThreadCount());
        series.add(Metric.JVM_START, ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND);
    }

    /** Storage takes its buffers from the pool, connections from Netty's default; the rest is the JDK's own. */
    private static void collectDirectMemory(Series series) {
        series.add(Metric.JVM_DIRECT, PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory(), "storage");
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider connections
                && ByteBufAllocator.DEFAULT != PooledByteBufAllocator.DEFAULT) {
            series.add(Metric.JVM_DIRECT, connections.metric().usedDirectMemory(), "connections");
        }
        for (BufferPoolMXBean each : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (each.getName().equals("direct")) {
                series.add(Metric.JVM_DIRECT, each.getMemoryUsed(), "jdk");
            }
        }
    }
}

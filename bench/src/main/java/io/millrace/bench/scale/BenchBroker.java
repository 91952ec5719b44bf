package io.millrace.bench.scale;

import io.millrace.base.AgentHost;
import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.bench.BenchLoop;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerOptions;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.World;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.engine.QueueStats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A whole broker without doors in this process, on as many loops as there are cores. */
final class BenchBroker implements AutoCloseable {
    private static final long CLOSE_MILLIS_MAX = 60_000;

    private final List<BenchLoop> loops = new ArrayList<>();
    private final Broker broker;
    private final double startSeconds;

    /** Opens what is in {@code directory}; returns when operations are taken. */
    BenchBroker(Path directory) throws Exception {
        long start = System.nanoTime();
        for (int i = Runtime.getRuntime().availableProcessors(); i > 0; i--) {
            loops.add(new BenchLoop());
        }
        World world = new World(
                new DiskFileSystem(), Clock.SYSTEM, new Random(), List.<Loop>copyOf(loops), AgentHost.THREADS);
        broker = Broker.open(BrokerOptions.in(directory), world);
        broker.started().get();
        startSeconds = (System.nanoTime() - start) / 1e9;
    }

    /** Seconds from the beginning of the start until operations were taken. */
    double startSeconds() {
        return startSeconds;
    }

    Broker broker() {
        return broker;
    }

    /** Makes a queue; one that is there is given. */
    QueueDefinition queue(String name) throws Exception {
        return broker.catalog()
                .createQueue(key(name), QueueSettings.DEFAULT)
                .get()
                .queue();
    }

    static QueueKey key(String name) {
        return new QueueKey(SpaceName.ROOT, new ResourceName(name));
    }

    /** Messages that could be delivered now. */
    long ready(QueueDefinition queue) throws Exception {
        @Nullable QueueStats stats = broker.stats(queue).get();
        if (stats == null) {
            throw new IllegalStateException("the queue is gone");
        }
        return stats.ready();
    }

    @Override
    public void close() throws IOException {
        broker.beginClose().join();
        loops.forEach(BenchLoop::close);
        broker.close(CLOSE_MILLIS_MAX);
    }
}

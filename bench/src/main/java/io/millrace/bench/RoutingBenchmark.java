package io.millrace.bench;

import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.RoutedMessage;
import io.millrace.broker.routing.RoutingTable;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A topic exchange with many bindings: the queues for a message, and one binding more or less. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RoutingBenchmark {
    private static final int KEYS = 1 << 14;

    /** How many bindings there are. */
    @Param({"1000", "100000"})
    public int bindings;

    private final String[] keys = new String[KEYS];
    private final Binding[] more = new Binding[KEYS];
    private RoutingTable table = RoutingTable.EMPTY;
    private int next;

    /** Makes the bindings and messages, and says how many queues these go to. */
    @Setup
    public void setUp() {
        TopicBindings source = new TopicBindings();
        table = RoutingTable.EMPTY.plus(TopicBindings.EXCHANGE);
        for (int i = 0; i < bindings; i++) {
            table = table.plus(source.next());
        }
        long found = 0;
        for (int i = 0; i < KEYS; i++) {
            keys[i] = source.key();
            more[i] = source.next();
            found += route(keys[i]).size();
        }
        System.out.printf("%.2f queues a message%n", (double) found / KEYS);
    }

    private Set<Long> route(String key) {
        RoutedMessage message = new RoutedMessage(key, MessageProperties.NONE);
        return table.route(TopicBindings.EXCHANGE, message, queue -> true);
    }

    /** The queues for one message. */
    @Benchmark
    public Set<Long> route() {
        return route(keys[next++ & (KEYS - 1)]);
    }

    /** A table with one binding more. */
    @Benchmark
    public RoutingTable add() {
        return table.plus(more[next++ & (KEYS - 1)]);
    }
}

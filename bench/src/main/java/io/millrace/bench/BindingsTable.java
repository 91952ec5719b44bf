package io.millrace.bench;

import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.routing.RoutedMessage;
import io.millrace.broker.routing.RoutingTable;
import java.util.Arrays;
import java.util.Locale;

/** What bindings of a topic exchange take of the heap, and how long it takes to make them and to find one's way. */
public final class BindingsTable {
    private static final int MESSAGES = 200_000;

    private BindingsTable() {}

    /** Makes {@code args[0]} bindings, one after the other. */
    public static void main(String[] args) {
        int bindings = Integer.parseInt(args[0]);
        TopicBindings source = new TopicBindings();
        long before = heapBytes();
        RoutingTable table = RoutingTable.EMPTY.plus(TopicBindings.EXCHANGE);
        int measured = bindings / 10;
        long from = System.nanoTime();
        for (int i = 0; i < bindings; i++) {
            if (i == bindings - measured) {
                from = System.nanoTime();
            }
            table = table.plus(source.next());
        }
        double micros = (System.nanoTime() - from) / 1e3;
        long heap = heapBytes() - before;
        System.out.printf(
                Locale.ROOT,
                "%,d bindings: %.1f us to make one of the last tenth; heap %.1f MiB, %d bytes each%n",
                bindings,
                micros / measured,
                heap / 1048576.0,
                heap / bindings);
        for (int round = 0; round < 3; round++) {
            route(table, source);
        }
    }

    private static void route(RoutingTable table, TopicBindings source) {
        long[] nanos = new long[MESSAGES];
        long found = 0;
        for (int i = 0; i < MESSAGES; i++) {
            RoutedMessage message = new RoutedMessage(source.key(), MessageProperties.NONE);
            long from = System.nanoTime();
            found += table.route(TopicBindings.EXCHANGE, message, queue -> true).size();
            nanos[i] = System.nanoTime() - from;
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%,d messages, %.2f queues each: median %.2f us, 99 %% within %.2f us, 99.9 %% within %.2f us%n",
                MESSAGES,
                (double) found / MESSAGES,
                nanos[MESSAGES / 2] / 1e3,
                nanos[MESSAGES / 100 * 99] / 1e3,
                nanos[MESSAGES / 1000 * 999] / 1e3);
    }

    private static long heapBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}

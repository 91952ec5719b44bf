package io.millrace.broker.routing;

import static io.millrace.broker.routing.RoutingRig.binding;
import static io.millrace.broker.routing.RoutingRig.exchange;
import static io.millrace.broker.routing.RoutingRig.message;
import static io.millrace.broker.routing.RoutingRig.queue;
import static io.millrace.broker.routing.RoutingRig.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.ResourceName;
import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class RoutingTableTest {
    private static final List<String> KEYS = List.of("a", "b", "a.b", "a.b.c", "*", "#", "a.*", "#.c", "*.b.#", "");
    private static final List<String> ARGUMENTS = List.of(
            "{}",
            "{\"h\":\"x\"}",
            "{\"h\":\"x\",\"n\":1}",
            "{\"x-match\":\"any\",\"h\":\"y\",\"n\":1}",
            "{\"h\":null}",
            "{\"x-match\":\"all-with-x\",\"x-h\":\"x\"}");
    private static final List<String> FILTERS =
            List.of("", "", "", "{\"h\":[\"x\"]}", "{\"n\":[{\"numeric\":[\">\",0]}]}", "{\"h\":[{\"exists\":false}]}");

    private static Set<Long> route(RoutingTable table, Exchange from, RoutedMessage message) {
        return table.route(from, message, id -> true);
    }

    @Test
    void bindingsLeadThroughExchangesInACircleAndToEachQueueOnce() {
        Exchange a = exchange(1, ExchangeType.FANOUT);
        Exchange b = exchange(2, ExchangeType.FANOUT);
        Exchange c = exchange(3, ExchangeType.TOPIC);
        RoutingTable table = RoutingTable.EMPTY
                .plus(a)
                .plus(b)
                .plus(c)
                .plus(binding(10, 1, to(b), ""))
                .plus(binding(11, 2, to(a), ""))
                .plus(binding(12, 2, to(c), ""))
                .plus(binding(13, 3, to(c), "#"))
                .plus(binding(14, 1, queue(100), ""))
                .plus(binding(15, 2, queue(100), ""))
                .plus(binding(16, 3, queue(101), "x.*"))
                .plus(binding(17, 3, queue(101), "*.y"));

        assertThat(route(table, a, message("x.y"))).containsExactlyInAnyOrder(100L, 101L);
        assertThat(route(table, c, message("x.y"))).containsExactly(101L);
        assertThat(route(table, c, message("z"))).isEmpty();
    }

    @Test
    void whatNoBindingOfAnExchangeTakesGoesToItsAlternate() {
        Exchange main = exchange(
                1, "main", new ExchangeSettings(ExchangeType.DIRECT, false, new ResourceName("rest"), null, null));
        Exchange rest = exchange(
                2, "rest", new ExchangeSettings(ExchangeType.FANOUT, true, new ResourceName("main"), null, null));
        RoutingTable table = RoutingTable.EMPTY
                .plus(main)
                .plus(binding(10, 1, queue(100), "a"))
                .plus(binding(11, 1, queue(102), "f", "{}", "{\"h\":[1]}"));
        assertThat(route(table, main, message("b"))).isEmpty();

        table = table.plus(rest);
        assertThat(route(table, main, message("b")))
                .as("a circle of alternates")
                .isEmpty();

        table = table.plus(binding(12, 2, queue(101), ""));
        assertThat(route(table, main, message("a"))).containsExactly(100L);
        assertThat(route(table, main, message("b"))).containsExactly(101L);
        assertThat(route(table, main, message("f"))).as("filtered out").containsExactly(101L);
        assertThat(route(table, main, message("f", Map.of("h", 1L)))).containsExactly(102L);
    }

    @Test
    void aBindingToWhatIsGoneCountsForNothing() {
        Exchange main = exchange(
                1, "main", new ExchangeSettings(ExchangeType.FANOUT, false, new ResourceName("rest"), null, null));
        Exchange rest = exchange(2, "rest", ExchangeSettings.of(ExchangeType.FANOUT));
        RoutingTable table = RoutingTable.EMPTY
                .plus(main)
                .plus(rest)
                .plus(binding(10, 1, queue(100), ""))
                .plus(binding(11, 2, queue(101), ""))
                .plus(binding(12, 2, to(main), ""));

        assertThat(table.route(main, message(""), id -> id != 100)).containsExactly(101L);
        RoutingTable without = table.minus(main);
        assertThat(route(without, rest, message(""))).containsExactly(101L);
        assertThat(without.bindings(1, 0)).isEmpty();
        RoutingTable anew = without.plus(exchange(3, "main", ExchangeSettings.of(ExchangeType.FANOUT)));
        assertThat(route(anew, rest, message(""))).as("another of that name").containsExactly(101L);
    }

    @Test
    void theSameBindingIsFoundWhateverItsIdAndItsSpelling() {
        RoutingTable table = RoutingTable.EMPTY.plus(exchange(1, ExchangeType.HEADERS));
        for (int i = 0; i < 40; i++) {
            table = table.plus(binding(10 + i, 1, queue(100), "k" + i, "{\"a\":1,\"b\":2}", "{\"f\":[" + i + "]}"));
        }
        assertThat(table.same(binding(99, 1, queue(100), "k7", "{\"b\":2,\"a\":1}", "{ \"f\" : [7] }")))
                .extracting(Binding::id)
                .isEqualTo(17L);
        assertThat(table.same(binding(99, 1, queue(100), "k7", "{\"b\":2}", "{\"f\":[7]}")))
                .isNull();
        assertThat(table.same(binding(99, 1, queue(101), "k7", "{\"b\":2,\"a\":1}", "{\"f\":[7]}")))
                .isNull();
        assertThat(table.bindingsTo(100)).hasSize(40);
        assertThat(table.bindings(1, 20)).hasSize(29);
        assertThat(table.bindingCount(1)).isEqualTo(40);
    }

    /** Exchanges and bindings come and go at random; after each change a message is routed by both. */
    @ParameterizedTest
    @SeedSource(runs = 200)
    void messagesGoWhereTheDescriptionSays(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Graph graph = new Graph(random, false);
        for (int step = 0; step < 150; step++) {
            graph.change();
            for (Exchange each : graph.naive.exchanges.values()) {
                RoutedMessage message = graph.message();
                assertThat(new TreeSet<>(graph.table.route(each, message, graph.naive.queues::contains)))
                        .as("step %d, from %s, key %s", step, each.name(), message.routingKey())
                        .isEqualTo(graph.naive.route(each, message));
            }
        }
    }

    /** What came of many changes is what is made at once of what is left, consistent hashing included. */
    @ParameterizedTest
    @SeedSource(runs = 100)
    void changesOneByOneComeToTheSameAsATableMadeAnew(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Graph graph = new Graph(random, true);
        for (int step = 0; step < 200; step++) {
            graph.change();
        }
        RoutingTable anew = RoutingTable.EMPTY;
        for (Exchange each : graph.naive.exchanges.values()) {
            anew = anew.plus(each);
        }
        for (Binding each : graph.naive.bindings) {
            anew = anew.plus(each);
        }
        for (Exchange each : graph.naive.exchanges.values()) {
            assertThat(graph.table.bindings(each.id(), 0).toList())
                    .isEqualTo(anew.bindings(each.id(), 0).toList());
            for (int i = 0; i < 20; i++) {
                RoutedMessage message = graph.message();
                assertThat(graph.table.route(each, message, graph.naive.queues::contains))
                        .containsExactlyInAnyOrderElementsOf(anew.route(each, message, graph.naive.queues::contains));
            }
        }
        for (Binding each : graph.naive.bindings) {
            assertThat(graph.table.same(each)).isEqualTo(each);
        }
    }

    /** A routing table and its naive picture. */
    private static final class Graph {
        private final SplittableRandom random;
        private final boolean withHashing;
        private final NaiveRouting naive = new NaiveRouting();
        private RoutingTable table = RoutingTable.EMPTY;
        private long nextId = 1;

        Graph(SplittableRandom random, boolean withHashing) {
            this.random = random;
            this.withHashing = withHashing;
        }

        void change() {
            int choice = random.nextInt(20);
            if (choice == 0 || naive.exchanges.isEmpty()) {
                addExchange();
            } else if (choice == 1 && random.nextInt(3) == 0) {
                removeExchange(any(new ArrayList<>(naive.exchanges.values())));
            } else if (choice == 2 || naive.queues.isEmpty()) {
                naive.queues.add(nextId++);
            } else if (choice == 3) {
                naive.queues.remove(any(new ArrayList<>(naive.queues)));
            } else if (choice < 8 && !naive.bindings.isEmpty()) {
                Binding gone = any(naive.bindings);
                naive.bindings.remove(gone);
                table = table.minus(gone);
            } else {
                addBinding();
            }
        }

        private void addExchange() {
            String name = "x" + random.nextInt(6);
            ExchangeType[] types = ExchangeType.values();
            ExchangeType type = types[random.nextInt(withHashing ? types.length : types.length - 1)];
            ResourceName alternate = random.nextInt(3) == 0 ? new ResourceName("x" + random.nextInt(6)) : null;
            Exchange made = exchange(nextId++, name, new ExchangeSettings(type, false, alternate, null, null));
            naive.exchanges.values().stream()
                    .filter(each -> each.name().equals(name))
                    .toList()
                    .forEach(this::removeExchange);
            naive.exchanges.put(made.id(), made);
            table = table.plus(made);
        }

        private void removeExchange(Exchange gone) {
            naive.exchanges.remove(gone.id());
            naive.bindings.removeIf(each -> each.source() == gone.id());
            table = table.minus(gone);
        }

        private void addBinding() {
            Exchange source = any(new ArrayList<>(naive.exchanges.values()));
            Destination destination = random.nextInt(3) == 0
                    ? to(any(new ArrayList<>(naive.exchanges.values())))
                    : queue(any(new ArrayList<>(naive.queues)));
            boolean hashes = source.settings().type() == ExchangeType.CONSISTENT_HASH;
            Binding made = binding(
                    nextId++,
                    source.id(),
                    destination,
                    hashes ? Integer.toString(random.nextInt(1, 5)) : any(KEYS),
                    any(ARGUMENTS),
                    any(FILTERS));
            if (table.same(made) == null) {
                naive.bindings.add(made);
                table = table.plus(made);
            }
        }

        RoutedMessage message() {
            Map<String, Object> headers = new HashMap<>();
            if (random.nextBoolean()) {
                headers.put("h", random.nextBoolean() ? "x" : "y");
            }
            if (random.nextBoolean()) {
                headers.put("n", (long) random.nextInt(2));
            }
            if (random.nextInt(4) == 0) {
                headers.put("x-h", "x");
            }
            return RoutingRig.message(any(KEYS), headers);
        }

        private <T> T any(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }
    }
}

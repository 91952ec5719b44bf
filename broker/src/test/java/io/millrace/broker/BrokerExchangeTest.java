package io.millrace.broker;

import static io.millrace.broker.message.DeliveryAttributes.UNSAID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.BrokerRig.Received;
import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.BindingRequest;
import io.millrace.broker.routing.Destination.Kind;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.FilterPolicy;
import io.millrace.broker.routing.MatchArguments;
import io.millrace.engine.Shard;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.testkit.SeedSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Exchanges in a broker: what was answered of them is there after every crash, and messages go where they lead. */
class BrokerExchangeTest {
    private BrokerRig rig;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private static ExchangeKey key(String name) {
        return new ExchangeKey(SpaceName.ROOT, new ResourceName(name));
    }

    private static BindingRequest request(String source, Kind kind, String destination, String routingKey) {
        return new BindingRequest(
                key(source), kind, new ResourceName(destination), routingKey, MatchArguments.NONE, null);
    }

    private QueueDefinition queue(String name, QueueSettings settings) {
        QueueKey key = new QueueKey(SpaceName.ROOT, new ResourceName(name));
        return rig.answer(rig.broker.catalog().createQueue(key, settings)).queue();
    }

    private QueueDefinition queue(String name) {
        return queue(name, QueueSettings.DEFAULT);
    }

    private Exchange exchange(String name, ExchangeSettings settings) {
        return rig.answer(rig.broker.catalog().exchanges().create(key(name), settings))
                .exchange();
    }

    private Exchange exchange(String name, ExchangeType type) {
        return exchange(name, ExchangeSettings.of(type));
    }

    private Binding bind(BindingRequest request) {
        return rig.answer(rig.broker.catalog().exchanges().bind(request)).binding();
    }

    private Binding bind(String source, String queue, String routingKey) {
        return bind(request(source, Kind.QUEUE, queue, routingKey));
    }

    private List<String> bodies(QueueDefinition queue) {
        return rig.receive(queue, 100).stream().map(Received::body).toList();
    }

    private void assertRefused(CompletableFuture<?> asked, BrokerError error) {
        assertThatThrownBy(() -> rig.answer(asked))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(error));
    }

    @Test
    void aMessageIsOnceInEachQueueThatABindingLeadsToAndOutlivesACrash() throws IOException {
        Exchange events = exchange("events", ExchangeType.TOPIC);
        exchange("more", ExchangeType.FANOUT);
        QueueDefinition all = queue("all");
        QueueDefinition orders = queue("orders");
        queue("mails");
        bind("events", "all", "#");
        bind("events", "orders", "order.*");
        bind("events", "orders", "*.placed");
        bind("events", "mails", "mail.#");
        bind(request("events", Kind.EXCHANGE, "more", "order.#"));
        bind("more", "all", "");

        assertThat(rig.publish(events, "order.placed", "one")).containsExactlyInAnyOrder("all", "orders");
        assertThat(rig.publish(events, "else", "two")).containsExactly("all");
        rig.crash();

        assertThat(bodies(all)).containsExactly("one", "two");
        assertThat(bodies(orders)).containsExactly("one");
        Exchange again = rig.broker.catalog().snapshot().routing().exchange(key("events"));
        assertThat(again).isEqualTo(events);
        assertThat(rig.publish(again, "mail.sent", "three")).containsExactlyInAnyOrder("all", "mails");
    }

    @Test
    void whereNothingLeadsAnywhereNothingIsStored() {
        Exchange direct = exchange("direct", ExchangeType.DIRECT);
        QueueDefinition queue = queue("q");
        bind("direct", "q", "a");

        assertThat(rig.publish(direct, "b", "lost")).isEmpty();
        assertThat(rig.publish(direct, "a", "kept")).containsExactly("q");
        assertThat(bodies(queue)).containsExactly("kept");
    }

    @Test
    void aChangeThatWasAnsweredIsSeenByTheNextPublish() {
        Exchange fanout = exchange("fanout", ExchangeType.FANOUT);
        queue("a");
        queue("b");
        Binding first = bind("fanout", "a", "");
        assertThat(rig.publish(fanout, "", "1")).containsExactly("a");

        bind("fanout", "b", "");
        assertThat(rig.publish(fanout, "", "2")).containsExactlyInAnyOrder("a", "b");

        rig.answer(rig.broker.catalog().exchanges().unbind(key("fanout"), first.id()));
        assertThat(rig.publish(fanout, "", "3")).containsExactly("b");

        rig.answer(rig.broker.catalog().exchanges().unbind(request("fanout", Kind.QUEUE, "b", "")));
        assertThat(rig.publish(fanout, "", "4")).isEmpty();
    }

    @Test
    void whatAQueueSaysOfDeliveriesHoldsForIt() {
        Exchange fanout = exchange("fanout", ExchangeType.FANOUT);
        QueueDefinition plain = queue("plain");
        QueueDefinition late = queue("late", new QueueSettings(1000, 500, 60_000, 0, 5, 1000));
        bind("fanout", "plain", "");
        bind("fanout", "late", "");
        DeliveryAttributes first = new DeliveryAttributes(1, UNSAID, UNSAID, UNSAID, UNSAID);

        rig.publish(fanout, "", "any");
        rig.publish(fanout, "", first, MessageProperties.NONE, "first");

        assertThat(bodies(plain)).containsExactly("first", "any");
        assertThat(bodies(late)).isEmpty();
        rig.pass(61);
        assertThat(bodies(late)).containsExactly("first", "any");
    }

    @Test
    void aDuplicateIsOneWhereverItWasBefore() {
        Exchange fanout = exchange("fanout", ExchangeType.FANOUT);
        QueueDefinition before = queue("before");
        bind("fanout", "before", "");
        MessageProperties named = new MessageProperties(null, null, null, null, null, null, "id", List.of());
        Stored first =
                rig.publish(fanout, "", DeliveryAttributes.NONE, named, "m").get(0);
        queue("later");
        bind("fanout", "later", "");

        List<Stored> again = rig.publish(fanout, "", DeliveryAttributes.NONE, named, "m");

        assertThat(again).hasSize(2);
        assertThat(again).filteredOn(Stored::isDuplicate).containsExactly(new Stored(before, first.offset(), true));
        assertThat(bodies(before)).containsExactly("m");
    }

    @Test
    void manyMessagesOfOnePublishKeepTheirOrderAndEachHasItsPlace() {
        Exchange topic = exchange("topic", ExchangeType.TOPIC);
        QueueDefinition all = queue("all");
        QueueDefinition odd = queue("odd");
        bind("topic", "all", "#");
        bind("topic", "odd", "odd");
        RoutedPublish publish = new RoutedPublish();
        for (int i = 0; i < 10; i++) {
            long priority = i == 5 ? 1 : UNSAID;
            publish.add(
                    i % 2 == 0 ? "even" : "odd",
                    new DeliveryAttributes(priority, UNSAID, UNSAID, UNSAID, UNSAID),
                    MessageProperties.NONE,
                    Unpooled.copiedBuffer(new byte[] {(byte) ('0' + i)}));
        }

        List<List<Stored>> stored = rig.answer(rig.broker.publish(topic, publish));

        assertThat(stored).hasSize(10);
        for (int i = 0; i < 10; i++) {
            assertThat(stored.get(i)).hasSize(1 + i % 2).contains(new Stored(all, i, false));
        }
        assertThat(stored.get(7)).contains(new Stored(odd, 3, false));
        assertThat(bodies(all)).containsExactly("5", "0", "1", "2", "3", "4", "6", "7", "8", "9");
        assertThat(bodies(odd)).containsExactly("5", "1", "3", "7", "9");
    }

    @Test
    void bodiesAreSharedAndLetGo() {
        Exchange fanout = exchange("fanout", ExchangeType.FANOUT);
        for (int i = 0; i < 5; i++) {
            queue("q" + i);
            bind("fanout", "q" + i, "");
        }
        for (String key : List.of("a", "b")) {
            ByteBuf body = Unpooled.buffer().writeZero(100);
            RoutedPublish publish = new RoutedPublish();
            publish.add(key, DeliveryAttributes.NONE, MessageProperties.NONE, body);
            CompletableFuture<?> asked = rig.broker.publish(fanout, publish);
            assertThat(body.refCnt()).isEqualTo(5);
            rig.answer(asked);
            assertThat(body.refCnt()).isZero();
        }
    }

    @Test
    void whatIsTooLargeForOneQueueIsRefusedBeforeAnyHasIt() {
        Exchange fanout = exchange("fanout", ExchangeType.FANOUT);
        QueueDefinition large = queue("large");
        queue("small", new QueueSettings(1000, 3));
        bind("fanout", "large", "");
        bind("fanout", "small", "");
        ByteBuf body = Unpooled.buffer().writeZero(4);
        RoutedPublish publish = new RoutedPublish();
        publish.add("", DeliveryAttributes.NONE, MessageProperties.NONE, body);

        assertThatThrownBy(() -> rig.broker.publish(fanout, publish))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.MESSAGE_TOO_LARGE))
                .hasMessageContaining("queue small");
        assertThat(body.refCnt()).isZero();
        assertThat(rig.stats(large).nextOffset()).isZero();
    }

    @Test
    void whereOneQueueRefusesTheAnswerSaysWhichAndThatOthersHaveIt() throws IOException {
        rig.close();
        rig = BrokerRig.small(new EngineLimits(100_000, 1000));
        Exchange fanout = exchange("fanout", ExchangeType.FANOUT);
        QueueDefinition a = queue("a");
        QueueDefinition b = queue("b");
        bind("fanout", "a", "");
        bind("fanout", "b", "");

        // Whether one queue is asked before the other one has it on disk differs from time to time.
        BrokerException refused = null;
        int stored = 0;
        for (int i = 0; refused == null && i < 200; i++) {
            try {
                rig.publish(fanout, "", "x".repeat(60_000));
                stored += 2;
            } catch (BrokerException e) {
                refused = e;
            }
        }

        assertThat(refused).isNotNull();
        assertThat(refused.error()).isEqualTo(BrokerError.OVERLOADED);
        assertThat(refused)
                .hasMessageMatching("queue [ab]: .*; 1 other queues or partitions have taken the messages.*");
        assertThat(rig.stats(a).nextOffset() + rig.stats(b).nextOffset()).isEqualTo(stored + 1);
    }

    @Test
    void aQueueThatIsRemovedHasLeftTheExchange() {
        Exchange fanout = exchange("fanout", ExchangeType.FANOUT);
        QueueDefinition a = queue("a");
        QueueDefinition b = queue("b");
        bind("fanout", "a", "");
        bind("fanout", "b", "");
        rig.answer(rig.broker.deleteQueue(b));
        assertThat(rig.publish(fanout, "", "m")).containsExactly("a");

        rig.answer(rig.broker.deleteQueue(a));
        assertThat(rig.publish(fanout, "", "m")).isEmpty();
    }

    @Test
    void aRemovedQueueTakesItsBindingsWithItForGood() throws IOException {
        Exchange topic = exchange("topic", ExchangeType.TOPIC);
        QueueDefinition queue = queue("q");
        queue("other");
        for (int i = 0; i < 600; i++) {
            bind("topic", "q", "key." + i);
        }
        bind("topic", "other", "key.7");

        rig.answer(rig.broker.deleteQueue(queue));

        assertThat(rig.publish(topic, "key.7", "m")).containsExactly("other");
        queue("q");
        assertThat(rig.publish(topic, "key.7", "m")).containsExactly("other");
        rig.crash();
        assertThat(aliveBindings()).hasSize(1);
        rig.world.runUntilIdle(1_000_000);
        assertThat(rig.broker.catalog().snapshot().routing().bindingsTo(queue.logId()))
                .isEmpty();
        assertThat(rig.broker.catalog().snapshot().routing().bindingCount(topic.id()))
                .isEqualTo(1);
        rig.restart();
        assertThat(rig.publish(topic, "key.7", "m")).containsExactly("other");
    }

    /** Bindings of the exchange topic to the queue q, made all at once. */
    private void bindMany(int count) {
        List<CompletableFuture<?>> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            asked.add(rig.broker.catalog().exchanges().bind(request("topic", Kind.QUEUE, "q", "key." + i)));
        }
        asked.forEach(rig::answer);
    }

    /** The entries of the catalog that are not settled. */
    private long definitions() {
        QueueKey name = new QueueKey(SpaceName.ROOT, new ResourceName("catalog"));
        return rig.stats(new QueueDefinition(name, Shard.CATALOG_LOG, 0, 0, QueueSettings.DEFAULT))
                .ready();
    }

    @Test
    void whatIsLeftOfDeadBindingsIsSwept() {
        Exchange topic = exchange("topic", ExchangeType.TOPIC);
        QueueDefinition queue = queue("q");
        bindMany(900);
        assertThat(definitions()).isEqualTo(902);

        rig.answer(rig.broker.deleteQueue(queue));
        rig.world.runUntilIdle(1_000_000);

        assertThat(definitions()).isEqualTo(1);
        assertThat(rig.broker.catalog().snapshot().routing().bindingsTo(queue.logId()))
                .isEmpty();
        assertThat(rig.broker.catalog().snapshot().routing().bindingCount(topic.id()))
                .isZero();
    }

    @Test
    void deadBindingsDoNotKeepAnExchangeInUse() {
        exchange("topic", ExchangeType.TOPIC);
        QueueDefinition queue = queue("q");
        bindMany(900);

        rig.answer(rig.broker.deleteQueue(queue));
        rig.answer(rig.broker.catalog().exchanges().delete(key("topic"), true));

        rig.world.runUntilIdle(1_000_000);
        assertThat(definitions()).isZero();
    }

    @Test
    void whatACrashLeavesOfDeadBindingsIsSweptAtTheStart() throws IOException {
        Exchange topic = exchange("topic", ExchangeType.TOPIC);
        exchange("other", ExchangeType.FANOUT);
        bind(request("other", Kind.EXCHANGE, "topic", ""));
        QueueDefinition queue = queue("q");
        bindMany(900);
        rig.answer(rig.broker.catalog().exchanges().delete(key("topic"), false));
        // Most of its bindings would be settled in later turns, which now do not come.
        rig.crash();

        assertThat(aliveBindings()).isEmpty();
        assertThat(rig.broker.catalog().snapshot().routing().bindingsTo(queue.logId()))
                .isEmpty();
        Exchange anew = exchange("topic", ExchangeType.TOPIC);
        assertThat(anew.id()).isNotEqualTo(topic.id());
        Exchange other = rig.broker.catalog().snapshot().routing().exchange(key("other"));
        bind("topic", "q", "#");
        assertThat(rig.publish(other, "key.7", "m")).isEmpty();
        assertThat(rig.publish(anew, "key.7", "m")).containsExactly("q");
        rig.world.runUntilIdle(1_000_000);
        assertThat(definitions()).as("two exchanges, a queue, a binding").isEqualTo(4);
    }

    private Set<Binding> aliveBindings() {
        return rig.broker.access().exchanges(BrokerRig.ANYBODY, new NamePage("", "", 1000)).stream()
                .flatMap(each -> rig.broker.catalog().snapshot().routing().bindings(each.id(), 0))
                .filter(rig.broker.catalog().snapshot()::isAlive)
                .collect(Collectors.toSet());
    }

    /** Unconfirmed it may be in some queues; confirmed it is in all. */
    @ParameterizedTest
    @SeedSource(runs = 60)
    void aConfirmedPublishIsInEveryQueueWheneverTheBrokerIsKilled(long seed) throws IOException {
        Random random = new Random(seed);
        exchange("fanout", ExchangeType.FANOUT);
        for (int i = 0; i < 4; i++) {
            queue("q" + i);
            bind("fanout", "q" + i, "");
        }
        for (int round = 0; round < 5; round++) {
            Exchange fanout = rig.broker.catalog().snapshot().routing().exchange(key("fanout"));
            RoutedPublish publish = new RoutedPublish();
            String body = "m" + round;
            publish.add(
                    "",
                    DeliveryAttributes.NONE,
                    MessageProperties.NONE,
                    Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
            CompletableFuture<List<List<Stored>>> asked = rig.broker.publish(fanout, publish);
            rig.world.runUntil(asked::isDone, random.nextInt(60));
            boolean isConfirmed = asked.isDone() && !asked.isCompletedExceptionally();
            rig.crash();
            for (int i = 0; i < 4; i++) {
                List<String> there = bodies(queue("q" + i));
                assertThat(there).as("confirmed: %s, q%d", isConfirmed, i).isSubsetOf(body);
                assertThat(there.isEmpty() && isConfirmed).isFalse();
                rig.pass(31);
                rig.purge(queue("q" + i));
            }
        }
    }

    @Test
    void anExchangeThatIsRemovedMeanwhileTakesNothing() {
        Exchange fanout = exchange("fanout", ExchangeType.FANOUT);
        rig.answer(rig.broker.catalog().exchanges().delete(key("fanout"), false));
        RoutedPublish publish = new RoutedPublish();
        ByteBuf body = Unpooled.buffer().writeZero(4);
        publish.add("", DeliveryAttributes.NONE, MessageProperties.NONE, body);

        assertThatThrownBy(() -> rig.broker.publish(fanout, publish))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.EXCHANGE_NOT_FOUND));
        assertThat(body.refCnt()).isZero();
    }

    @Test
    void makingAgainIsFineAndWithOtherSettingsRefused() {
        Exchange made = exchange("x", ExchangeType.TOPIC);
        queue("q");
        Binding binding = bind("x", "q", "a");

        assertThat(exchange("x", ExchangeType.TOPIC)).isEqualTo(made);
        assertRefused(
                rig.broker.catalog().exchanges().create(key("x"), ExchangeSettings.of(ExchangeType.FANOUT)),
                BrokerError.EXCHANGE_EXISTS);
        assertThat(bind("x", "q", "a")).isEqualTo(binding);
        assertThat(bind("x", "q", "b")).isNotEqualTo(binding);
        assertThat(queue("x").queue().name().value())
                .as("a queue may have the name, too")
                .isEqualTo("x");
    }

    @Test
    void whatDoesNotExistIsSaid() {
        var exchanges = rig.broker.catalog().exchanges();
        assertRefused(exchanges.bind(request("x", Kind.QUEUE, "q", "")), BrokerError.EXCHANGE_NOT_FOUND);
        exchange("x", ExchangeType.CONSISTENT_HASH);
        assertRefused(exchanges.bind(request("x", Kind.QUEUE, "q", "1")), BrokerError.QUEUE_NOT_FOUND);
        assertRefused(exchanges.bind(request("x", Kind.EXCHANGE, "y", "1")), BrokerError.EXCHANGE_NOT_FOUND);
        queue("q");
        assertRefused(exchanges.bind(request("x", Kind.QUEUE, "q", "heavy")), BrokerError.INVALID);
        assertRefused(exchanges.unbind(request("x", Kind.QUEUE, "q", "1")), BrokerError.BINDING_NOT_FOUND);
        assertRefused(exchanges.unbind(key("x"), 77), BrokerError.BINDING_NOT_FOUND);
        assertRefused(exchanges.delete(key("y"), false), BrokerError.EXCHANGE_NOT_FOUND);
        ExchangeKey stray = new ExchangeKey(new SpaceName("nowhere"), new ResourceName("x"));
        assertRefused(exchanges.create(stray, ExchangeSettings.of(ExchangeType.DIRECT)), BrokerError.SPACE_NOT_FOUND);
        bind("x", "q", "1");
    }

    @Test
    void anExchangeInUseIsKeptWhereThatIsAskedFor() {
        exchange("x", ExchangeType.FANOUT);
        QueueDefinition queue = queue("q");
        Binding binding = bind("x", "q", "");
        assertRefused(rig.broker.catalog().exchanges().delete(key("x"), true), BrokerError.EXCHANGE_IN_USE);
        assertThat(binding.destination().id()).isEqualTo(queue.logId());

        rig.answer(rig.broker.deleteQueue(queue));

        rig.answer(rig.broker.catalog().exchanges().delete(key("x"), true));
        assertThat(rig.broker.catalog().snapshot().routing().exchange(key("x"))).isNull();
    }

    @Test
    void aSpaceWithAnExchangeIsNotEmpty() {
        SpaceName space = new SpaceName("shop");
        rig.answer(rig.broker.catalog().createSpace(space));
        ExchangeKey inside = new ExchangeKey(space, new ResourceName("x"));
        rig.answer(rig.broker.catalog().exchanges().create(inside, ExchangeSettings.of(ExchangeType.DIRECT)));

        assertRefused(rig.broker.catalog().deleteSpace(space), BrokerError.SPACE_NOT_EMPTY);
        rig.answer(rig.broker.catalog().exchanges().delete(inside, false));
        rig.answer(rig.broker.catalog().deleteSpace(space));
    }

    @Test
    void filtersAndAlternatesOutliveARestart() throws IOException {
        exchange("rest", ExchangeType.FANOUT);
        exchange("main", new ExchangeSettings(ExchangeType.FANOUT, false, new ResourceName("rest"), null, null));
        queue("dear");
        queue("rest");
        bind("rest", "rest", "");
        bind(new BindingRequest(
                key("main"),
                Kind.QUEUE,
                new ResourceName("dear"),
                "",
                MatchArguments.NONE,
                FilterPolicy.ofText("{\"price\":[{\"numeric\":[\">\",100]}]}")));
        rig.restart();

        Exchange main = rig.broker.catalog().snapshot().routing().exchange(key("main"));
        MessageProperties dear = new MessageProperties(
                null, null, null, null, null, null, null, List.of(new MessageProperties.Header("price", 101L)));
        assertThat(rig.publish(main, "", DeliveryAttributes.NONE, dear, "m"))
                .extracting(stored -> stored.log().name())
                .containsExactly("dear");
        assertThat(rig.publish(main, "", "m")).containsExactly("rest");
    }

    @ParameterizedTest
    @SeedSource(runs = 20)
    void exchangesAndBindingsSurviveRandomChangesAndCrashes(long seed) throws IOException {
        Random random = new Random(seed);
        Map<String, Set<String>> model = new HashMap<>();
        for (int step = 0; step < 100; step++) {
            String name = "x" + random.nextInt(4);
            String queue = "q" + random.nextInt(4);
            String key = "k" + random.nextInt(3);
            Set<String> there = model.get(name);
            switch (random.nextInt(8)) {
                case 0 -> {
                    if (there != null) {
                        rig.answer(rig.broker.catalog().exchanges().delete(key(name), false));
                        model.remove(name);
                    }
                }
                case 1 -> {
                    rig.answer(rig.broker.deleteQueue(queue(queue)));
                    model.values().forEach(keys -> keys.removeIf(each -> each.startsWith(queue)));
                }
                case 2 -> {
                    if (there != null && there.remove(queue + key)) {
                        rig.answer(rig.broker.catalog().exchanges().unbind(request(name, Kind.QUEUE, queue, key)));
                    }
                }
                case 3 -> rig.publish(queue("filler"), "x".repeat(8000));
                default -> {
                    exchange(name, ExchangeType.DIRECT);
                    queue(queue);
                    bind(name, queue, key);
                    model.computeIfAbsent(name, none -> new TreeSet<>()).add(queue + key);
                }
            }
            if (random.nextInt(15) == 0) {
                rig.purge(queue("filler"));
            }
            if (random.nextInt(12) == 0) {
                rig.crash();
            }
            assertThat(bindings()).as("step %d", step).isEqualTo(model);
        }
    }

    /** Of each exchange its bindings that are alive, as queue and key. */
    private Map<String, Set<String>> bindings() {
        Map<String, Set<String>> found = new HashMap<>();
        for (Exchange each : rig.broker.access().exchanges(BrokerRig.ANYBODY, new NamePage("", "", 100))) {
            found.put(each.name(), new TreeSet<>());
        }
        for (Binding each : aliveBindings()) {
            Exchange source = rig.broker.catalog().snapshot().routing().exchange(each.source());
            found.get(source.name()).add(each.destination().name() + each.routingKey());
        }
        return found;
    }
}

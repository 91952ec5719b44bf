package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerRig.Received;
import io.millrace.broker.JoinedRig.Probe;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.engine.QueueStats;
import io.millrace.engine.Settlement;
import io.millrace.engine.policy.ConsumerPolicy;
import io.millrace.testkit.SeedSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Many receive from all partitions of a subscription at once, and some from one of them, while messages are published,
 * acknowledged and given back, deliveries are paused, partitions are added, positions are stored anew, and some go
 * away. Nobody waits while there is a message that can be delivered; nobody is answered twice, or is leased what it
 * does not get; each message is held by one at a time, its deliveries are counted right, and none is lost.
 */
class JoinedReceivePropertyTest {
    private static final int ACTIONS = 250;

    private SplittableRandom random;
    private BrokerRig rig;
    private JoinedRig joined;
    private boolean hasCancels;
    private boolean isPaused;
    private int published;
    private final List<Probe> waiting = new ArrayList<>();
    private final List<Probe> gone = new ArrayList<>();
    /** Who holds a message now, by body. */
    private final Map<String, Held> held = new HashMap<>();

    private final Map<String, Integer> partitions = new HashMap<>();
    private final Map<String, Integer> deliveries = new HashMap<>();
    private final Set<String> done = new HashSet<>();

    private record Held(QueueDefinition queue, Received message) {}

    @ParameterizedTest
    @SeedSource(runs = 25)
    void nobodyWaitsInVainAndNothingIsLeasedInVain(long seed) throws IOException {
        random = new SplittableRandom(seed);
        hasCancels = random.nextBoolean();
        rig = BrokerRig.ofAnyShape(random);
        joined = new JoinedRig(rig, random.nextInt(1, 7), SubscriptionKind.SHARED);
        for (int i = 0; i < ACTIONS; i++) {
            act();
            int steps = random.nextInt(60);
            for (int step = 0; step < steps && rig.world.step(); step++) {
                collect();
            }
            if (random.nextInt(10) == 0) {
                settleDown();
            }
        }
        finish();
        rig.close();
    }

    private void act() {
        int partition = random.nextInt(joined.topic().partitionCount());
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3 -> publish(partition);
            case 4, 5, 6, 7 -> receive();
            case 8 -> receiveFrom(joined.queues().get(partition));
            case 9, 10 -> settle(Settlement.ACKNOWLEDGE);
            case 11 -> settle(Settlement.RELEASE);
            case 12 -> cancel();
            default -> change(partition);
        }
    }

    private void publish(int partition) {
        String body = "m" + published++;
        partitions.put(body, partition);
        joined.beginPublish(partition, body);
    }

    private void receive() {
        Probe probe = new Probe(joined, random.nextInt(1, 5), random.nextInt(3) == 0 ? 0 : 100_000);
        waiting.add(probe);
        probe.begin();
    }

    private void receiveFrom(QueueDefinition queue) {
        Probe probe = new Probe(rig.broker, ConsumedQueues.of(queue), 1, random.nextInt(2) * 100_000L);
        waiting.add(probe);
        probe.begin();
    }

    private void settle(byte action) {
        collect();
        if (held.isEmpty()) {
            return;
        }
        String body = held.keySet().stream().sorted().toList().get(random.nextInt(held.size()));
        Held message = held.remove(body);
        if (action == Settlement.ACKNOWLEDGE) {
            done.add(body);
        }
        assertThat(rig.settle(message.queue, List.of(message.message), action, null))
                .isEqualTo(1);
    }

    private void cancel() {
        if (hasCancels && !waiting.isEmpty()) {
            Probe probe = waiting.remove(random.nextInt(waiting.size()));
            gone.add(probe);
            probe.cancel();
        }
    }

    private void change(int partition) {
        switch (random.nextInt(6)) {
            case 0 -> joined.addPartitions(Math.min(8, joined.topic().partitionCount() + 1));
            case 1, 2 -> pause(!isPaused);
            default -> seekToWhereItIs(partition);
        }
    }

    private void pause(boolean wanted) {
        isPaused = wanted;
        rig.answer(rig.broker.subscriptions().change(joined.topic(), JoinedRig.NAME, settings -> {
            ConsumerPolicy consumers = settings.consumers();
            return settings.with(wanted ? consumers.pausedUntil(ConsumerPolicy.NEVER) : consumers.resumed());
        }));
    }

    /** What nobody has settled in the partition comes again, as if it never had, where nobody holds anything of it. */
    private void seekToWhereItIs(int partition) {
        settleDown();
        QueueStats stats = rig.stats(joined.queues().get(partition));
        long position = stats.log().earliestOffset();
        if (stats.leased() == 0 && stats.ready() == stats.nextOffset() - position) {
            rig.answer(rig.broker
                    .subscriptions()
                    .seek(
                            joined.queues().get(partition),
                            joined.topic().partition(partition),
                            SubscriptionStart.at(position)));
            deliveries.keySet().removeIf(body -> !done.contains(body) && partitions.get(body) == partition);
        }
    }

    /** Looks at what was answered; what those got who are gone is given back. */
    private void collect() {
        for (Probe each : List.copyOf(waiting)) {
            assertThat(each.refusal).isNull();
            assertThat(each.answers).isLessThanOrEqualTo(1);
            if (each.answers == 1) {
                waiting.remove(each);
                take(each);
            }
        }
        for (Probe each : List.copyOf(gone)) {
            if (!each.received.isEmpty()) {
                take(each);
                for (int i = 0; i < each.received.size(); i++) {
                    held.remove(each.received.get(i).body());
                    var unused = rig.beginSettle(
                            each.queues.get(i), List.of(each.received.get(i)), Settlement.RELEASE, null);
                }
                each.received.clear();
                each.queues.clear();
            }
        }
    }

    private void take(Probe probe) {
        for (int i = 0; i < probe.received.size(); i++) {
            Received message = probe.received.get(i);
            String body = message.body();
            assertThat(done).doesNotContain(body);
            assertThat(held.put(body, new Held(probe.queues.get(i), message))).isNull();
            int expected = deliveries.merge(body, 1, Integer::sum);
            if (hasCancels) {
                // What was on its way to one that is gone has counted.
                assertThat(message.deliveryCount()).isGreaterThanOrEqualTo(expected);
            } else {
                assertThat(message.deliveryCount()).as(body).isEqualTo(expected);
            }
        }
    }

    /** When all has happened that can, whoever waits does so for want of messages. */
    private void settleDown() {
        rig.pass(0);
        collect();
        rig.pass(0);
        collect();
        boolean anyWaits = waiting.stream().anyMatch(Probe::isOfAll);
        long ready = joined.queues().stream()
                .mapToLong(each -> rig.stats(each).ready())
                .sum();
        if (anyWaits && !isPaused) {
            assertThat(ready).isZero();
        }
        long leased = joined.queues().stream()
                .mapToLong(each -> rig.stats(each).leased())
                .sum();
        assertThat(leased).isEqualTo(held.size());
    }

    private void finish() {
        pause(false);
        settleDown();
        while (!held.isEmpty()) {
            settle(Settlement.ACKNOWLEDGE);
            settleDown();
        }
        for (int i = 0; i < published && done.size() < published; i++) {
            waiting.add(joined.receive(100, 0));
            settleDown();
            while (!held.isEmpty()) {
                settle(Settlement.ACKNOWLEDGE);
            }
        }
        assertThat(done).hasSize(published);
        List.copyOf(waiting).forEach(Probe::cancel);
        rig.pass(0);
        joined.queues().forEach(each -> assertThat(rig.stats(each).waiting()).isZero());
        assertThat(rig.broker.receives().waits()).isZero();
    }
}

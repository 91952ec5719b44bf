package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.TopicRig.Answer;
import io.millrace.broker.TopicRig.Read;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.engine.Fetch;
import io.millrace.testkit.SeedSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Several publishers send messages with keys to a topic, some by transactions that may be refused, in a broker whose
 * process ends at any point; readers follow its partitions. What a reader has seen stays where it was, and is all there
 * is; what was confirmed is there once; messages of a key are in one partition, in the order in which their publisher
 * had them confirmed; what a transaction has not published is never seen.
 */
class TopicCrashPropertyTest {
    private static final int PUBLISHERS = 3;
    private static final int KEYS = 5;
    private static final int ACTIONS = 120;
    private static final long WAIT_NANOS = 5_000_000_000L;

    private SplittableRandom random;
    private BrokerRig rig;
    private TopicRig topics;
    private QueueDefinition queue;
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Follower> followers = new ArrayList<>();
    private final Set<String> sent = new HashSet<>();
    private final Set<String> confirmed = new HashSet<>();

    /** Sends one request at a time; bodies are its number, the key, and a number that grows. */
    private final class Publisher {
        private final int number;
        private int next;
        private boolean isWaiting;

        Publisher(int number) {
            this.number = number;
        }

        void send(Topic topic) {
            TopicPublish publish = new TopicPublish();
            List<String> bodies = new ArrayList<>();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                String key = "k" + random.nextInt(KEYS);
                bodies.add(number + " " + key + " " + next++);
                TopicRig.add(publish, key, bodies.get(bodies.size() - 1));
            }
            isWaiting = true;
            switch (random.nextInt(4)) {
                case 0 -> transaction(topic, publish, bodies, false);
                case 1 -> transaction(topic, publish, bodies, true);
                default -> {
                    sent.addAll(bodies);
                    var unused = rig.broker
                            .topics()
                            .publish(topic, publish)
                            .whenComplete((stored, failure) -> answered(bodies, failure));
                }
            }
        }

        private void transaction(Topic topic, TopicPublish publish, List<String> bodies, boolean isRefused) {
            BrokerTransaction transaction = rig.broker.begin();
            rig.broker.topics().spread(topic, publish).addTo(transaction);
            if (isRefused) {
                transaction.remove(queue, 1_000_000);
            } else {
                sent.addAll(bodies);
            }
            var unused = transaction.commit().whenComplete((done, failure) -> {
                assertThat(failure == null && isRefused).isFalse();
                answered(bodies, failure);
            });
        }

        private void answered(List<String> bodies, @Nullable Throwable failure) {
            isWaiting = false;
            if (failure == null) {
                confirmed.addAll(bodies);
            }
        }
    }

    /** Reads a partition from its beginning, always from where the last answer said. */
    private final class Follower {
        private final TopicPartition partition;
        private final List<Read> seen = new ArrayList<>();
        private long nextOffset;
        private @Nullable CompletableFuture<Answer> read;

        Follower(TopicPartition partition) {
            this.partition = partition;
        }

        void follow(long waitNanos) {
            CompletableFuture<Answer> asked = read;
            if (asked == null) {
                read = topics.beginRead(partition, nextOffset, waitNanos);
            } else if (asked.isDone()) {
                read = null;
                if (!asked.isCompletedExceptionally()) {
                    seen.addAll(asked.join().messages());
                    nextOffset = asked.join().nextOffset();
                }
            }
        }

        void end() {
            read = null;
            Answer rest = topics.read(partition, nextOffset);
            seen.addAll(rest.messages());
            assertThat(rest.nextOffset()).isEqualTo(rest.endOffset());
            assertThat(topics.read(partition, Fetch.EARLIEST).messages()).isEqualTo(seen);
        }
    }

    @ParameterizedTest
    @SeedSource(runs = 10)
    void whatIsConfirmedIsReadOnceAndInOrder(long seed) throws IOException {
        random = new SplittableRandom(seed);
        rig = BrokerRig.ofAnyShape(random);
        topics = new TopicRig(rig);
        setUp();
        for (int i = 0; i < ACTIONS; i++) {
            act();
        }
        crash();
        followers.forEach(Follower::end);
        check();
        rig.close();
    }

    private void setUp() {
        topics.create("t", random.nextInt(1, 5));
        queue = rig.answer(rig.broker
                        .catalog()
                        .createQueue(new QueueKey(SpaceName.ROOT, new ResourceName("q")), QueueSettings.DEFAULT))
                .queue();
        for (int i = 0; i < PUBLISHERS; i++) {
            publishers.add(new Publisher(i));
        }
        topic().partitions().forEach(each -> followers.add(new Follower(each)));
    }

    private Topic topic() {
        Topic topic = topics.get("t");
        assertThat(topic).isNotNull();
        return topic;
    }

    private void act() throws IOException {
        switch (random.nextInt(20)) {
            case 0 -> crash();
            case 1 -> {
                rig.publish(queue, "x".repeat(40_000));
                rig.purge(queue);
            }
            default -> {
                Publisher publisher = publishers.get(random.nextInt(PUBLISHERS));
                if (!publisher.isWaiting) {
                    publisher.send(topic());
                }
            }
        }
        for (int steps = random.nextInt(60); steps > 0; steps--) {
            rig.world.step();
        }
        followers.forEach(each -> each.follow(WAIT_NANOS));
    }

    private void crash() throws IOException {
        rig.failAndCrash();
        publishers.forEach(each -> each.isWaiting = false);
        followers.forEach(each -> each.follow(0));
        followers.forEach(each -> each.read = null);
    }

    private void check() {
        Map<String, Integer> latest = new HashMap<>();
        Set<String> all = new HashSet<>();
        for (Follower each : followers) {
            for (Read message : each.seen) {
                String[] parts = message.body().split(" ", -1);
                assertThat(all.add(message.body())).as("twice: %s", message).isTrue();
                assertThat(each.partition.number()).isEqualTo(topic().partitionOf(parts[1]));
                Integer before = latest.put(parts[0] + " " + parts[1], Integer.parseInt(parts[2]));
                assertThat(before == null || before < Integer.parseInt(parts[2]))
                        .as("%s behind number %s", message, before)
                        .isTrue();
            }
        }
        assertThat(all).containsAll(confirmed);
        assertThat(sent).containsAll(all);
    }
}

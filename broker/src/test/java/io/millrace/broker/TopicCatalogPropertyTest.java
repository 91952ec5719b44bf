package io.millrace.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.TopicSettings;
import io.millrace.testkit.SeedSource;
import io.netty.buffer.Unpooled;
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
 * Topics that are made, changed and removed in a broker whose process ends at any point: what was answered holds, what
 * was under way is done or not done as a whole, and no log has messages of another topic.
 */
class TopicCatalogPropertyTest {
    private static final int NAMES = 3;
    private static final int STEPS = 60;

    private SplittableRandom random;
    private BrokerRig rig;
    private TopicRig topics;
    /** What is there as far as it was answered, by name, and the messages in it. */
    private final Map<String, Topic> there = new HashMap<>();

    private final Map<Long, List<String>> messages = new HashMap<>();
    private final List<Topic> gone = new ArrayList<>();
    private final Set<Long> logs = new HashSet<>();

    @ParameterizedTest
    @SeedSource(runs = 10)
    void whatWasAnsweredHoldsAndNothingIsDoneInPart(long seed) throws IOException {
        random = new SplittableRandom(seed);
        rig = BrokerRig.ofAnyShape(random);
        topics = new TopicRig(rig);
        for (int step = 0; step < STEPS; step++) {
            String name = "t" + random.nextInt(NAMES);
            CompletableFuture<?> change = begin(name);
            for (int i = random.nextInt(40); i > 0 && !change.isDone(); i--) {
                rig.world.step();
            }
            if (!change.isDone() && random.nextInt(3) == 0) {
                rig.crash();
            } else {
                rig.answer(change);
            }
            note(name);
            check();
        }
        rig.close();
    }

    private CompletableFuture<?> begin(String name) {
        Topic topic = there.get(name);
        if (topic == null) {
            return rig.broker.topics().create(TopicRig.key(name), random.nextInt(1, 6), TopicSettings.DEFAULT);
        }
        if (random.nextInt(3) == 0) {
            return rig.broker.topics().delete(topic.key());
        }
        publish(topic);
        return rig.broker.topics().change(topic.key(), topic.partitionCount() + 1, settings -> settings);
    }

    private void publish(Topic topic) {
        TopicPartition partition = topic.partition(random.nextInt(topic.partitionCount()));
        String body = "m" + random.nextInt();
        TopicPublish publish = new TopicPublish();
        publish.add(
                partition.number(), DeliveryAttributes.NONE, TopicRig.keyed(null), Unpooled.copiedBuffer(body, UTF_8));
        assertThat(rig.answer(rig.broker.topics().publish(topic, publish))).hasSize(1);
        messages.computeIfAbsent(partition.logId(), log -> new ArrayList<>()).add(body);
    }

    /** Takes over what has become of the change of {@code name}, and whether that could be. */
    private void note(String name) {
        @Nullable Topic before = there.get(name);
        @Nullable Topic now = topics.get(name);
        if (before != null && now != null) {
            assertThat(now.id()).isEqualTo(before.id());
            assertThat(now.partitionCount() - before.partitionCount()).isBetween(0, 1);
        } else if (before != null) {
            gone.add(before);
        } else if (now != null) {
            now.partitions().forEach(each -> assertThat(logs).doesNotContain(each.logId()));
        }
        if (now == null) {
            there.remove(name);
        } else {
            there.put(name, now);
            now.partitions().forEach(each -> logs.add(each.logId()));
        }
    }

    private void check() {
        for (int i = 0; i < NAMES; i++) {
            assertThat(topics.get("t" + i)).isEqualTo(there.get("t" + i));
        }
        for (Topic topic : there.values()) {
            for (TopicPartition each : topic.partitions()) {
                assertThat(topics.read(each, 0).bodies()).isEqualTo(messages.getOrDefault(each.logId(), List.of()));
            }
        }
        for (Topic topic : gone) {
            assertThat(rig.answer(rig.broker.stats(topic.partitions()))).isEmpty();
        }
    }
}

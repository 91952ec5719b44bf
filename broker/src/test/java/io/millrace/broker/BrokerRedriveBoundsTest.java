package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.redrive.Redrive;
import io.millrace.broker.redrive.RedriveProgress;
import io.millrace.broker.redrive.RedriveProgress.State;
import io.millrace.broker.redrive.RedriveRequest;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.SpaceLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Redrives to queues that refuse messages for a while, and how many redrives there can be. */
class BrokerRedriveBoundsTest {
    private static final long STEPS_MAX = 1_000_000;
    private static final LocalStoreOptions SMALL = LocalStoreOptions.DEFAULT
            .withSizes(256 << 10, 64 << 10, 16 << 10)
            .withJournalBytes(512 << 10)
            .withShards(4);
    private static final long FREE_BYTES_MIN = 1 << 20;

    private BrokerRig rig;

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private QueueDefinition create(String name) {
        QueueKey key = new QueueKey(SpaceName.ROOT, new ResourceName(name));
        return rig.answer(rig.broker.catalog().createQueue(key, QueueSettings.DEFAULT))
                .queue();
    }

    private Redrive begin(QueueDefinition from, String to, int rate) {
        return rig.broker
                .redrives()
                .begin(new RedriveRequest(BrokerRig.ANYBODY, from, MoveTarget.queue(to), null, null, rate));
    }

    private void passMillis(long millis) {
        rig.world.clock().advance(TimeUnit.MILLISECONDS.toNanos(millis));
        rig.world.runUntilIdle(STEPS_MAX);
    }

    // Refusals.

    @Test
    @SuppressWarnings("ReferenceEquality") // each attempt notes anew that it waits
    void itWaitsWhereThereIsNoSpaceAndGoesOnOnceThereIs() throws IOException {
        rig = new BrokerRig(1, SMALL.with(new SpaceLimits(Long.MAX_VALUE, FREE_BYTES_MIN, 0)));
        QueueDefinition dead = create("dead");
        QueueDefinition mails = create("mails");
        assertThat(mails.shard()).isNotEqualTo(dead.shard());
        rig.publish(dead, "a", "b", "c");
        rig.disk.capacity(Long.MAX_VALUE - rig.disk.usableBytes(Path.of("/data")) + FREE_BYTES_MIN / 2);
        rig.pass(20);
        assertThatThrownBy(() -> rig.publish(mails, "d"))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.OUT_OF_SPACE));

        Redrive redrive = begin(dead, "mails", 0);
        int attempts = 0;
        RedriveProgress latest = redrive.progress();
        for (int passed = 0; passed < 12_000; passed++) {
            passMillis(50);
            RedriveProgress now = redrive.progress();
            attempts += now != latest ? 1 : 0;
            latest = now;
        }

        // In ten minutes: after 50 ms, 100 ms, and so on, and then every 30 s.
        assertThat(attempts).isBetween(25, 32);
        assertThat(latest.state()).isEqualTo(State.RUNNING);
        assertThat(latest.error()).startsWith("publishing is refused: ");
        assertThat(latest.moved()).isZero();
        assertThat(rig.stats(dead).ready()).isEqualTo(3);
        rig.disk.capacity(Long.MAX_VALUE);
        rig.pass(31);
        rig.pass(31);
        assertThat(redrive.progress().state()).isEqualTo(State.DONE);
        assertThat(redrive.progress().error()).isEmpty();
        assertThat(redrive.progress().moved()).isEqualTo(3);
        assertThat(rig.receive(mails, 9)).extracting(BrokerRig.Received::body).containsExactly("a", "b", "c");
    }

    @Test
    void itWaitsWhereTooMuchIsToBeStored() throws IOException {
        rig = new BrokerRig(1, SMALL, new EngineLimits(1, 1_000));
        QueueDefinition dead = create("dead");
        QueueDefinition mails = create("mails");
        for (int i = 0; i < 20; i++) {
            rig.publish(dead, "m" + i);
        }
        Redrive redrive = begin(dead, "mails", 0);

        // Others always have a message under way to the same shard: nothing more is taken beside it.
        while (redrive.progress().error().isEmpty()) {
            assertThat(redrive.progress().isRunning()).isTrue();
            rig.publish(mails, "of others");
        }

        assertThat(redrive.progress().error())
                .isEqualTo("more messages wait to be stored than is allowed; try again in a moment");
        rig.pass(1);
        assertThat(redrive.progress().state()).isEqualTo(State.DONE);
        assertThat(redrive.progress().error()).isEmpty();
        assertThat(redrive.progress().moved()).isEqualTo(20);
        assertThat(rig.stats(dead).ready()).isZero();
    }

    // How many there can be.

    @Test
    void aHundredAreUnderWayAtATime() throws IOException {
        rig = BrokerRig.small();
        QueueDefinition target = create("target");
        List<QueueDefinition> queues = queues(101);
        List<Redrive> redrives = new ArrayList<>();
        for (QueueDefinition each : queues) {
            rig.publish(each, "a", "b", "c");
        }
        queues.subList(0, 100).forEach(each -> redrives.add(begin(each, "target", 1)));
        rig.world.runUntilIdle(STEPS_MAX);

        assertThatThrownBy(() -> begin(queues.get(100), "target", 1))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.OVERLOADED))
                .hasMessage("100 redrives are under way; try again when one has ended");

        redrives.get(7).cancel();
        rig.world.runUntilIdle(STEPS_MAX);
        redrives.add(begin(queues.get(100), "target", 1));
        rig.pass(1);
        rig.pass(1);
        rig.pass(1);
        assertThat(redrives)
                .filteredOn(each -> each.progress().state() == State.DONE)
                .hasSize(100);
        assertThat(rig.stats(target).ready()).isEqualTo(301);
    }

    @Test
    void theLatestThousandAreKnownAndAllThatAreUnderWay() throws IOException {
        rig = BrokerRig.small();
        create("target");
        QueueDefinition slow = create("slow");
        rig.publish(slow, "a", "b", "c");
        Redrive underWay = begin(slow, "target", 1);
        List<QueueDefinition> queues = queues(101);
        for (QueueDefinition each : queues) {
            for (int i = 0; i < 10; i++) {
                begin(each, "target", 0);
                rig.world.runUntilIdle(STEPS_MAX);
            }
        }

        assertThat(rig.broker.redrives().of(slow)).containsExactly(underWay);
        assertThat(underWay.progress().isRunning()).isTrue();
        assertThat(queues.stream().map(each -> rig.broker.redrives().of(each).size()))
                .startsWith(0, 9)
                .endsWith(10, 10);
        assertThat(queues.stream()
                        .mapToInt(each -> rig.broker.redrives().of(each).size())
                        .sum())
                .isEqualTo(999);
    }

    private List<QueueDefinition> queues(int count) {
        return IntStream.range(0, count).mapToObj(i -> create("q" + i)).toList();
    }
}

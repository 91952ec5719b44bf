package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * A lease that is asked for when others of the queue are known has a greater token than all of these, at whatever
 * record the process ended in between, and however much of the log was given up.
 */
class ShardFencingPropertyTest extends ShardFixture {
    private static final int LIVES = 6;
    private static final int ACTIONS = 30;
    private static final long[] QUEUES = {QUEUE, OTHER};

    /** A receive, and the greatest token that was known in its queue when it began. */
    private record Asked(long queue, ReceiveProbe receive, long floor) {}

    private record Held(long queue, Message message) {}

    private final Map<Long, Long> greatest = new HashMap<>();
    private final List<Asked> asked = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    private SplittableRandom random;
    private int deliveries;

    @ParameterizedTest
    @SeedSource(runs = 300)
    void tokensOfAQueueOnlyGrow(long seed) {
        random = new SplittableRandom(seed);
        for (int life = 0; life < LIVES; life++) {
            log.syncAtOnce(random.nextInt(4) == 0);
            for (int i = 0; i < ACTIONS; i++) {
                act();
                check();
            }
            asked.clear();
            restart();
        }
        assertThat(deliveries).isPositive();
        assertThat(host.faults).isEmpty();
    }

    private void act() {
        long queue = QUEUES[random.nextInt(QUEUES.length)];
        switch (random.nextInt(12)) {
            case 0, 1 -> publishSome(queue);
            case 2, 3, 4, 5 -> ask(queue);
            case 6, 7 -> settleOne();
            case 8 -> pass(random.nextLong(4 * SECOND));
            case 9, 10 -> syncSome();
            default -> {
                log.wantTrim(log.syncedPosition());
                run();
            }
        }
    }

    private void publishSome(long queue) {
        PublishProbe publish = probe(random.nextInt(1, 4));
        if (random.nextInt(3) == 0) {
            publish.group(random.nextInt(1, 4));
        } else {
            publish.priority(random.nextInt(3));
        }
        shard.publish(queue, publish);
        run();
    }

    private void ask(long queue) {
        boolean isDurable = random.nextBoolean();
        ReceiveProbe receive =
                new ReceiveProbe(random.nextInt(1, 4), Integer.MAX_VALUE, 3 * SECOND, 2 * SECOND, isDurable);
        asked.add(new Asked(queue, receive, greatest.getOrDefault(queue, 0L)));
        shard.receive(queue, receive);
        run();
    }

    private void settleOne() {
        if (held.isEmpty()) {
            return;
        }
        Held one = held.remove(random.nextInt(held.size()));
        SettlementProbe settlement = new SettlementProbe();
        if (random.nextBoolean()) {
            settlement.acknowledge(one.message);
        } else {
            settlement.release(one.message, random.nextLong(SECOND));
        }
        shard.settle(one.queue, settlement);
        run();
    }

    /** Syncs up to any of the records. */
    private void syncSome() {
        List<Long> positions = log.flushedPositions();
        if (!positions.isEmpty()) {
            log.syncBelow(positions.get(random.nextInt(positions.size())));
            run();
        }
    }

    private void check() {
        for (Asked each : List.copyOf(asked)) {
            if (!each.receive.isAnswered()) {
                continue;
            }
            asked.remove(each);
            long before = each.floor;
            for (Message message : each.receive.messages()) {
                assertThat(message.token())
                        .as("token of message %d", message.number())
                        .isGreaterThan(before);
                before = message.token();
                greatest.merge(each.queue, before, Math::max);
                held.add(new Held(each.queue, message));
                deliveries++;
            }
        }
    }
}

package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.Peek.State;
import io.millrace.engine.PeekProbe.Seen;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * A shard is after a restart what it was before, whatever was done to it, and whichever part of what it does not need
 * was deleted: only that the leases of connections have ended.
 */
class ShardRestartPropertyTest extends ShardFixture {
    private static final long[] QUEUES = {QUEUE, OTHER};

    /** Enough for what is due to happen; and no deadline falls into it, for all are half seconds away. */
    private static final long FEW_TICKS = SECOND / 50;

    /** A message as it was delivered last. */
    private record Delivery(Message message, boolean durable) {}

    private final Map<Long, Map<Long, Delivery>> deliveries = new HashMap<>();
    private SplittableRandom random;

    @ParameterizedTest
    @SeedSource(runs = 200)
    void aShardIsAfterARestartWhatItWasBefore(long seed) {
        random = new SplittableRandom(seed);
        for (int life = 0; life < 4; life++) {
            for (int i = random.nextInt(60); i > 0; i--) {
                command();
            }
            pass(FEW_TICKS);
            Map<Long, List<Seen>> before = seen();
            List<Long> next = nextOffsets();
            restart();
            pass(FEW_TICKS);
            Map<Long, List<Seen>> after = seen();
            for (long queue : QUEUES) {
                compare(before.get(queue), after.get(queue), deliveries.getOrDefault(queue, Map.of()));
            }
            assertThat(nextOffsets()).isEqualTo(next);
        }
    }

    private void command() {
        long queue = QUEUES[random.nextInt(2)];
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> publish(queue, random.nextInt(1, 5), random.nextInt(8, 100));
            case 3, 4, 5 -> receiveSome(queue);
            case 6, 7 -> settleSome(queue);
            case 8 -> pass(random.nextInt(10) * SECOND);
            case 9 -> {
                if (random.nextInt(4) == 0) {
                    shard.purge(queue, new PurgeProbe());
                }
            }
            case 10 -> log.wantTrim(random.nextLong(log.syncedPosition() + 1));
            default -> log.forgetTail();
        }
        run();
    }

    private void receiveSome(long queue) {
        boolean durable = random.nextBoolean();
        long leaseNanos = random.nextInt(20) * SECOND + SECOND / 2;
        ReceiveProbe receive = receive(queue, new ReceiveProbe(random.nextInt(1, 6), 1000, leaseNanos, 0, durable));
        receive.messages().forEach(each -> deliveries
                .computeIfAbsent(queue, any -> new HashMap<>())
                .put(each.offset(), new Delivery(each, durable)));
    }

    private void settleSome(long queue) {
        List<Delivery> known =
                new ArrayList<>(deliveries.getOrDefault(queue, Map.of()).values());
        SettlementProbe settlement = new SettlementProbe();
        for (int i = random.nextInt(4); i > 0 && !known.isEmpty(); i--) {
            Message message = known.get(random.nextInt(known.size())).message;
            settlement.and(
                    message,
                    (byte) random.nextInt(3),
                    random.nextInt(3) == 0 ? 0 : random.nextInt(5) * SECOND + SECOND / 2);
        }
        shard.settle(queue, settlement);
        run();
        assertThat(settlement.isSettled()).isTrue();
    }

    private Map<Long, List<Seen>> seen() {
        Map<Long, List<Seen>> seen = new HashMap<>();
        for (long queue : QUEUES) {
            PeekProbe peek = PeekProbe.all();
            shard.peek(queue, peek);
            run();
            seen.put(queue, peek.seen());
        }
        return seen;
    }

    private List<Long> nextOffsets() {
        return List.of(shard.stats(QUEUE).nextOffset(), shard.stats(OTHER).nextOffset());
    }

    private static void compare(List<Seen> before, List<Seen> after, Map<Long, Delivery> deliveries) {
        List<Seen> expected = new ArrayList<>();
        for (Seen each : before) {
            Delivery delivery = deliveries.get(each.offset());
            boolean ends = each.state() == State.LEASED && !delivery.durable;
            expected.add(ends ? new Seen(each.offset(), State.READY, each.deliveryCount() + 1, each.number()) : each);
        }
        assertThat(after).isEqualTo(expected);
    }
}

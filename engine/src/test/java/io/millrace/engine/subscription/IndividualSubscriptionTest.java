package io.millrace.engine.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.policy.DeathReason;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.run.Compaction;
import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Every unsettled message below the cursor is exactly one of leased, returned, delayed, damaged, whatever happened to
 * it; held against a list with the state of each message.
 */
class IndividualSubscriptionTest {
    private enum State {
        NEW,
        LEASED,
        RETURNED,
        DELAYED,
        DAMAGED,
        DEAD,
        SETTLED
    }

    private static final class Message {
        State state = State.NEW;
        int deliveries;
    }

    /** All messages have one priority, and none belongs to a group. */
    private static final class NoIndexes implements SubscriptionOwner {
        @Override
        public void onChanged(long from, long to) {
            // Nobody counts.
        }

        @Override
        public ShardIndex makeIndex(int kind, Supplier<Compaction> compactions, Runnable onFront) {
            throw new AssertionError("an index is made");
        }

        @Override
        public void onFront() {
            throw new AssertionError("nothing has to be read");
        }

        @Override
        public GroupReader makeGroupReader() {
            throw new AssertionError("there are no groups");
        }
    }

    private static final int MESSAGES = 60;

    private final TreeMap<Long, Message> model = new TreeMap<>();
    private IndividualSubscription subscription;
    private long readable;

    @ParameterizedTest
    @SeedSource(runs = 300)
    void everyMessageIsInExactlyOneState(long seed) {
        var random = new SplittableRandom(seed);
        long start = random.nextInt(2) * ((1L << 32) - MESSAGES / 2);
        subscription = new IndividualSubscription(start, new NoIndexes());
        subscription.append(start, start + MESSAGES, EntryEnvelope.PRIORITY_NORMAL, false);
        readable = start;
        for (long offset = start; offset < start + MESSAGES; offset++) {
            model.put(offset, new Message());
        }
        for (int i = 0; i < 250; i++) {
            change(random, start);
            compare();
        }
    }

    private void change(SplittableRandom random, long start) {
        switch (random.nextInt(10)) {
            case 0 -> readable = Math.min(start + MESSAGES, readable + random.nextInt(8));
            case 1, 2, 3 -> take();
            case 4 ->
                any(random, State.LEASED, (offset, message) -> {
                    subscription.settleLeased(offset);
                    message.state = State.SETTLED;
                });
            case 5 ->
                any(random, State.LEASED, (offset, message) -> {
                    subscription.history().put(offset, message.deliveries, message.deliveries);
                    if (random.nextBoolean()) {
                        subscription.returnLeased(offset, EntryEnvelope.PRIORITY_NORMAL);
                        message.state = State.RETURNED;
                    } else {
                        subscription.delayLeased(offset);
                        message.state = State.DELAYED;
                    }
                });
            case 6 ->
                any(random, State.DELAYED, (offset, message) -> {
                    subscription.returnDelayed(offset, EntryEnvelope.PRIORITY_NORMAL);
                    message.state = State.RETURNED;
                });
            case 7 ->
                any(random, State.LEASED, (offset, message) -> {
                    if (random.nextInt(4) == 0) {
                        subscription.damageLeased(offset);
                        message.state = State.DAMAGED;
                    }
                });
            case 8 -> die(random);
            default -> settleRange(random, start + random.nextInt(MESSAGES));
        }
    }

    private void die(SplittableRandom random) {
        List<DeathReason> reasons = List.of(DeathReason.values());
        DeathReason reason = reasons.get(random.nextInt(reasons.size()));
        if (random.nextBoolean()) {
            any(random, State.LEASED, (offset, message) -> {
                subscription.history().put(offset, message.deliveries, message.deliveries);
                subscription.dieLeased(offset, reason, new byte[] {1});
                message.state = State.DEAD;
            });
        } else {
            State from = List.of(State.NEW, State.RETURNED, State.DELAYED).get(random.nextInt(3));
            any(random, from, (offset, message) -> {
                subscription.dieUnleased(offset, reason, null);
                message.state = State.DEAD;
            });
        }
    }

    private void take() {
        long expected = -1;
        for (Map.Entry<Long, Message> each : model.headMap(readable).entrySet()) {
            State state = each.getValue().state;
            if (state == State.RETURNED || state == State.NEW) {
                expected = each.getKey();
                break;
            }
        }
        assertThat(subscription.next(readable)).isEqualTo(expected);
        if (expected >= 0) {
            subscription.take(expected);
            Message message = model.get(expected);
            assertThat(subscription.history().count(expected)).isEqualTo(message.deliveries);
            message.deliveries++;
            message.state = State.LEASED;
        }
    }

    /** As a purge does: a range up to the next leased message. */
    private void settleRange(SplittableRandom random, long from) {
        long to = from;
        long settled = 0;
        int length = random.nextInt(12);
        for (Message each = model.get(to); each != null && to < from + length; each = model.get(to)) {
            if (each.state == State.LEASED) {
                break;
            }
            settled += each.state == State.SETTLED ? 0 : 1;
            each.state = State.SETTLED;
            each.deliveries = 0;
            to++;
        }
        assertThat(subscription.settleUnleased(from, to)).isEqualTo(settled);
    }

    private interface Change {
        void apply(long offset, Message message);
    }

    private void any(SplittableRandom random, State state, Change change) {
        List<Long> offsets = new ArrayList<>();
        model.forEach((offset, message) -> {
            if (message.state == state) {
                offsets.add(offset);
            }
        });
        if (!offsets.isEmpty()) {
            long offset = offsets.get(random.nextInt(offsets.size()));
            change.apply(offset, model.get(offset));
        }
    }

    private void compare() {
        long ready = 0;
        for (Map.Entry<Long, Message> each : model.entrySet()) {
            long offset = each.getKey();
            State state = each.getValue().state;
            assertThat(subscription.settled().contains(offset)).isEqualTo(state == State.SETTLED);
            boolean isReady = state == State.NEW || state == State.RETURNED;
            assertThat(subscription.view().nextReady(offset, offset + 1) == offset)
                    .isEqualTo(isReady);
            assertThat(subscription.delayed().contains(offset)).isEqualTo(state == State.DELAYED);
            assertThat(subscription.damaged().contains(offset)).isEqualTo(state == State.DAMAGED);
            assertThat(subscription.dead().contains(offset)).isEqualTo(state == State.DEAD);
            assertThat(subscription.isLeased(offset)).isEqualTo(state == State.LEASED);
            ready += isReady && offset < readable ? 1 : 0;
        }
        assertThat(subscription.leased()).isEqualTo(count(State.LEASED));
        // Messages that were purged before they could be read count as settled, and are missing until then.
        long purgedAhead = model.tailMap(readable).values().stream()
                .filter(each -> each.state == State.SETTLED || each.state == State.DEAD)
                .count();
        assertThat(subscription.ready(readable)).isBetween(Math.max(0, ready - purgedAhead), ready);
    }

    private long count(State state) {
        return model.values().stream().filter(each -> each.state == state).count();
    }
}

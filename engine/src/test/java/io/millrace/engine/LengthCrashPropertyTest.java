package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.PeekProbe.Seen;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.Overflow;
import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Queues of each overflow, with limits that change, in messages and in bytes: at whatever record of whatever log the
 * process ends, no more wait than may, the oldest have gone and nothing else, and what has become a dead letter is
 * there once. What a queue that rejects has confirmed stays.
 */
class LengthCrashPropertyTest extends ShardsFixture {
    private static final int ACTIONS = 80;
    private static final int REJECTING = 0;
    private static final int DROPPING = 1;
    private static final int DEAD_LETTERING = 2;

    private record Held(long logId, Message message) {}

    /** Of each log, by number, those that are confirmed and that no consumer was done with or may have been. */
    private final Map<Long, Set<Long>> confirmed = new HashMap<>();

    private final List<Map.Entry<Long, PublishProbe>> unconfirmed = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    /** Those of which nothing is said and that no consumer ever held: they go in their order. */
    private final Set<Long> inOrder = new HashSet<>();

    private final Set<Long> moved = new HashSet<>();
    private SplittableRandom random;
    private MoverProbe mover;
    private boolean isMoving = true;
    private int overflows;

    @ParameterizedTest
    @SeedSource(runs = 20)
    void queuesKeepToTheirLengths(long seed) {
        random = new SplittableRandom(seed);
        mover = new MoverProbe(source -> otherQueue(random.nextInt(SHARDS)), this::shard);
        host.mover = (source, messages) -> {
            if (isMoving) {
                mover.accept(source, messages);
            } else {
                messages.notMoved();
            }
        };
        host.deadLetterPolicies.put(queue(DEAD_LETTERING), new DeadLetterPolicy(true, 0, false));
        for (int id = 0; id < SHARDS; id++) {
            confirmed.put(queue(id), new HashSet<>());
            limit(id);
        }
        for (int life = 0; life < 4; life++) {
            live();
        }
        assertThat(overflows).as("messages that had to go").isPositive();
        assertThat(mover.seen()).allMatch(each -> each.reason() == DeathReason.OVERFLOW);
    }

    private void limit(int id) {
        Overflow overflow = List.of(Overflow.REJECT, Overflow.DROP_OLDEST, Overflow.DEAD_LETTER)
                .get(id);
        long messages = random.nextInt(3) == 0 ? LengthPolicy.UNLIMITED : random.nextInt(1, 20);
        long bytes = messages != 0 && random.nextBoolean() ? LengthPolicy.UNLIMITED : random.nextInt(200, 1_500);
        host.lengthPolicies.put(queue(id), new LengthPolicy(messages, bytes, overflow));
        shards.get(id).settingsChanged(queue(id));
        run();
    }

    private void live() {
        isMoving = true;
        syncAtOnce(false);
        for (int i = 0; i < ACTIONS; i++) {
            act();
            checkLengths();
        }
        for (int id = 0; id < SHARDS; id++) {
            overflows += (int) shards.get(id).stats(queue(id)).counters().overflowed();
        }
        noteConfirmed();
        isMoving = false;
        syncAtOnce(true);
        restart();
        unconfirmed.clear();
        held.clear();
        checkLengths();
        check();
        isMoving = true;
        shards.forEach(each -> each.settingsChanged(queue(each.id())));
        run();
        check();
        assertThat(unfinished()).as("transactions left").isZero();
    }

    private void act() {
        int id = random.nextInt(SHARDS);
        long logId = queue(id);
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3 -> publish(logId);
            case 4, 5 -> {
                boolean isDurable = random.nextBoolean();
                long leaseNanos = random.nextLong(1, 100 * SECOND);
                ReceiveProbe receive = new ReceiveProbe(random.nextInt(1, 4), 10_000, leaseNanos, 0, isDurable);
                shard(logId).receive(logId, receive);
                syncAll();
                for (Message each : receive.messages()) {
                    held.add(new Held(logId, each));
                    inOrder.remove(each.number());
                }
            }
            case 6, 7 -> settle();
            case 8 -> pass(random.nextLong(2 * SECOND));
            case 9, 10 -> syncSome();
            case 11 -> limit(id);
            case 12 -> transact();
            default -> {
                ManualShardLog log = logs.get(id);
                log.wantTrim(random.nextLong(log.syncedPosition() + 1));
                run();
            }
        }
    }

    private void publish(long logId) {
        PublishProbe publish = attributes(probe());
        unconfirmed.add(Map.entry(logId, publish));
        publish(logId, publish);
        if (publish.isPlain()) {
            inOrder.add(publish.firstNumber());
        }
    }

    private void transact() {
        TransactionProbe transaction = transaction();
        for (int left = random.nextInt(1, 5); left > 0; left--) {
            long logId = queue(random.nextInt(SHARDS));
            PublishProbe publish = attributes(probe());
            unconfirmed.add(Map.entry(logId, publish));
            transaction.publish(shard(logId), logId, publish);
        }
        run(transaction);
    }

    private PublishProbe attributes(PublishProbe publish) {
        switch (random.nextInt(6)) {
            case 0 -> publish.priority(random.nextInt(3));
            case 1 -> publish.group(random.nextInt(1, 3));
            case 2 -> publish.delayNanos(random.nextLong(2 * SECOND));
            case 3 -> publish.dueMillis(clock.epochMillis() + random.nextInt(3_000));
            default -> {
                // One of which nothing is said.
            }
        }
        return publish;
    }

    private void settle() {
        if (held.isEmpty()) {
            return;
        }
        Held each = held.remove(random.nextInt(held.size()));
        SettlementProbe settlement = new SettlementProbe();
        if (random.nextBoolean()) {
            settlement.acknowledge(each.message);
            noteConfirmed();
            confirmed.get(each.logId).remove(each.message.number());
            unconfirmed.removeIf(other -> other.getValue().firstNumber() == each.message.number());
        } else {
            settlement.release(each.message, random.nextInt(2) * random.nextLong(2 * SECOND));
        }
        shard(each.logId).settle(each.logId, settlement);
        run();
    }

    private void noteConfirmed() {
        unconfirmed.removeIf(each -> {
            if (each.getValue().isStored()) {
                confirmed.get(each.getKey()).add(each.getValue().firstNumber());
            }
            return each.getValue().answers() > 0;
        });
    }

    private void syncAll() {
        for (int i = 0; i < 4 * SHARDS; i++) {
            sync(i % SHARDS);
        }
    }

    /** Syncs a shard up to any of its records. */
    private void syncSome() {
        ManualShardLog log = logs.get(random.nextInt(SHARDS));
        List<Long> positions = log.flushedPositions();
        if (!positions.isEmpty()) {
            log.syncBelow(positions.get(random.nextInt(positions.size())));
            run();
        }
    }

    /** What is not readable yet and has its own place in the order may be too much. */
    private void checkLengths() {
        for (int id = 0; id < SHARDS; id++) {
            LengthPolicy policy = host.lengthPolicies.get(queue(id));
            QueueStats stats = shards.get(id).stats(queue(id));
            if (id != REJECTING && policy.messagesMax() != LengthPolicy.UNLIMITED) {
                assertThat(stats.ready() + stats.delayed())
                        .as("messages in queue %d", id)
                        .isLessThanOrEqualTo(policy.messagesMax());
            }
            if (id != REJECTING
                    && policy.bytesMax() != LengthPolicy.UNLIMITED
                    && logs.get(id).flushedPositions().isEmpty()) {
                assertThat(stats.waitingBytes()).as("bytes in queue %d", id).isLessThanOrEqualTo(policy.bytesMax());
            }
        }
    }

    private void check() {
        Set<Long> dead = new HashSet<>();
        for (int id = 0; id < SHARDS; id++) {
            numbers(otherQueue(id)).forEach(each -> addOnce(dead, each));
        }
        assertThat(dead).as("dead letters are there for good").containsAll(moved);
        moved.addAll(dead);
        for (int id = 0; id < SHARDS; id++) {
            Set<Long> there = new HashSet<>();
            List<Seen> seen = seen(queue(id));
            seen.forEach(each -> addOnce(there, each.number()));
            checkNothingIsLost(id, there, dead);
            checkBytes(id);
        }
    }

    private void checkNothingIsLost(int id, Set<Long> there, Set<Long> dead) {
        Set<Long> mine = confirmed.get(queue(id));
        if (id == DROPPING) {
            long last = mine.stream()
                    .filter(each -> inOrder.contains(each) && !there.contains(each))
                    .mapToLong(Long::longValue)
                    .max()
                    .orElse(0);
            assertThat(there)
                    .as("what stays is younger than what goes")
                    .noneMatch(each -> each < last && inOrder.contains(each));
            mine.retainAll(there);
        } else if (id == DEAD_LETTERING) {
            assertThat(mine).allMatch(each -> there.contains(each) || dead.contains(each));
            assertThat(there).noneMatch(dead::contains);
        } else {
            assertThat(there).containsAll(mine);
        }
    }

    /** Counted again they are the same. */
    private void checkBytes(int id) {
        long bytes = shards.get(id).stats(queue(id)).waitingBytes();
        LengthPolicy policy = host.lengthPolicies.put(queue(id), LengthPolicy.NONE);
        shards.get(id).settingsChanged(queue(id));
        host.lengthPolicies.put(queue(id), policy);
        shards.get(id).settingsChanged(queue(id));
        run();
        assertThat(shards.get(id).stats(queue(id)).waitingBytes()).isEqualTo(bytes);
    }

    private static void addOnce(Set<Long> numbers, Long number) {
        assertThat(numbers.add(number)).as("message %d is there once", number).isTrue();
    }
}

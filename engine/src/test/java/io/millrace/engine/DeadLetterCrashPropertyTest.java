package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.PeekProbe.Seen;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.DeadLetterPolicy;
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
 * A message that nobody is done with is in its queue, alive or dead, or where its dead letters go: in one of these
 * places and once, at whatever record of whatever log the process ends, and however much of the logs was given up
 * before.
 */
class DeadLetterCrashPropertyTest extends ShardsFixture {
    private static final int ACTIONS = 60;

    private record Held(long logId, Message message) {}

    private final List<PublishProbe> published = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    /** Of this life, by the number of the message that is acknowledged. */
    private final Map<Long, SettlementProbe> acknowledging = new HashMap<>();

    private final Set<Long> acknowledged = new HashSet<>();
    private final Set<Long> moved = new HashSet<>();
    private SplittableRandom random;
    private boolean isMoving;

    @ParameterizedTest
    @SeedSource(runs = 200)
    void aMessageIsInOnePlace(long seed) {
        random = new SplittableRandom(seed);
        MoverProbe mover = new MoverProbe(source -> otherQueue(random.nextInt(SHARDS)), this::shard);
        host.mover = (source, messages) -> {
            if (isMoving) {
                mover.accept(source, messages);
            } else {
                messages.notMoved();
            }
        };
        for (int id = 0; id < SHARDS; id++) {
            host.deadLetterPolicies.put(queue(id), new DeadLetterPolicy(true, 2, true));
        }
        for (int life = 0; life < 4; life++) {
            live();
        }
        assertThat(moved).as("messages moved").isNotEmpty();
    }

    private void live() {
        isMoving = true;
        syncAtOnce(false);
        for (int i = 0; i < ACTIONS; i++) {
            act();
        }
        if (random.nextInt(3) == 0) {
            restartOnly();
        }
        isMoving = false;
        syncAtOnce(true);
        restart();
        held.clear();
        check();
        isMoving = true;
        for (int id = 0; id < SHARDS; id++) {
            shards.get(id).settingsChanged(queue(id));
        }
        run();
        for (int id = 0; id < SHARDS; id++) {
            assertThat(seen(queue(id))).extracting(Seen::state).doesNotContain(Peek.State.DEAD);
        }
        check();
        assertThat(unfinished()).as("transactions left").isZero();
    }

    private void act() {
        long logId = queue(random.nextInt(SHARDS));
        switch (random.nextInt(10)) {
            case 0, 1 -> published.add(publish(logId, attributes(probe())));
            case 2, 3 -> {
                boolean isDurable = random.nextBoolean();
                long leaseNanos = random.nextLong(1, 100 * SECOND);
                ReceiveProbe receive = new ReceiveProbe(random.nextInt(1, 4), 10_000, leaseNanos, 0, isDurable);
                shard(logId).receive(logId, receive);
                syncAll();
                receive.messages().forEach(each -> held.add(new Held(logId, each)));
            }
            case 4, 5 -> settle();
            case 6 -> pass(random.nextLong(2 * SECOND));
            case 7, 8 -> syncSome();
            default -> {
                ManualShardLog log = logs.get(random.nextInt(SHARDS));
                log.wantTrim(random.nextLong(log.syncedPosition() + 1));
                run();
            }
        }
    }

    private void settle() {
        if (held.isEmpty()) {
            return;
        }
        Held each = held.remove(random.nextInt(held.size()));
        SettlementProbe settlement = new SettlementProbe();
        switch (random.nextInt(4)) {
            case 0 -> {
                settlement.acknowledge(each.message);
                acknowledging.put(each.message.number(), settlement);
            }
            case 1 -> settlement.release(each.message, random.nextInt(2) * random.nextLong(2 * SECOND));
            default -> settlement.reject(each.message, random.nextBoolean() ? "no" : null);
        }
        shard(each.logId).settle(each.logId, settlement);
        run();
    }

    private PublishProbe attributes(PublishProbe publish) {
        switch (random.nextInt(4)) {
            case 0 -> publish.priority(random.nextInt(3));
            case 1 -> publish.group(random.nextInt(1, 3));
            case 2 -> publish.expiryMillis(clock.epochMillis() + random.nextInt(5_000));
            default -> publish.delayNanos(random.nextInt(2) * random.nextLong(SECOND));
        }
        return publish;
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

    private void check() {
        Set<Long> there = new HashSet<>();
        Set<Long> movedNow = new HashSet<>();
        for (int id = 0; id < SHARDS; id++) {
            numbers(queue(id)).forEach(each -> addOnce(there, each));
            numbers(otherQueue(id)).forEach(each -> {
                addOnce(there, each);
                movedNow.add(each);
            });
        }
        assertThat(movedNow).as("what has moved is there for good").containsAll(moved);
        moved.addAll(movedNow);
        acknowledging.forEach((number, settlement) -> {
            boolean isCertain = settlement.isSettled() && settlement.isDone(0);
            // Of the others it is known now.
            if (isCertain || (settlement.isDone(0) && !there.contains(number))) {
                acknowledged.add(number);
            }
        });
        acknowledging.clear();
        assertThat(there).as("what is acknowledged").noneMatch(acknowledged::contains);
        for (PublishProbe each : published) {
            assertThat(!each.isStored()
                            || there.contains(each.firstNumber())
                            || acknowledged.contains(each.firstNumber()))
                    .as("message %d, which is confirmed, is there", each.firstNumber())
                    .isTrue();
        }
    }

    private static void addOnce(Set<Long> numbers, Long number) {
        assertThat(numbers.add(number)).as("message %d is there once", number).isTrue();
    }
}

package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.PeekProbe.Seen;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.storage.EntryEnvelope;
import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Of a transaction all is done or nothing, at whatever record of whatever log the process ends, and however much of the
 * logs was given up before.
 */
class TransactionCrashPropertyTest extends ShardsFixture {
    private static final int ACTIONS = 60;

    /** What a transaction is to do, and what is known of it. */
    private record Planned(TransactionProbe probe, List<Long> published, List<Long> acknowledged) {}

    private record Held(long logId, Message message) {}

    private final List<Planned> transactions = new ArrayList<>();
    /** Of a transaction that nobody was told about whether it has happened. */
    private final Map<Planned, Boolean> found = new HashMap<>();

    private final Map<Long, Planned> publisher = new HashMap<>();
    private final Map<Long, Held> held = new LinkedHashMap<>();
    private final List<PublishProbe> plain = new ArrayList<>();
    private SplittableRandom random;
    private int committed;

    @ParameterizedTest
    @SeedSource(runs = 300)
    void allOfATransactionIsDoneOrNothing(long seed) {
        random = new SplittableRandom(seed);
        for (int life = 0; life < 4; life++) {
            syncAtOnce(false);
            for (int i = 0; i < ACTIONS; i++) {
                act();
            }
            if (random.nextInt(3) == 0) {
                restartOnly();
            }
            syncAtOnce(true);
            restart();
            held.clear();
            assertThat(unfinished()).as("transactions left").isZero();
            check();
        }
        assertThat(committed).as("transactions committed").isPositive();
    }

    private void act() {
        long logId = anyQueue();
        switch (random.nextInt(10)) {
            case 0, 1 -> plain.add(publish(logId, attributes(probe())));
            case 2, 3 -> {
                ReceiveProbe receive = new ReceiveProbe(random.nextInt(1, 4), 10_000, 1000 * SECOND, 0, true);
                shard(logId).receive(logId, receive);
                syncAll();
                receive.messages().forEach(each -> note(logId, each));
            }
            case 4, 5, 6 -> transact();
            case 7, 8 -> syncSome();
            default -> {
                ManualShardLog log = logs.get(random.nextInt(SHARDS));
                log.wantTrim(random.nextLong(log.syncedPosition() + 1));
                run();
            }
        }
    }

    private void note(long logId, Message message) {
        held.put(message.number(), new Held(logId, message));
        Planned by = publisher.get(message.number());
        if (by != null) {
            assertThat(by.probe.refusal())
                    .as("of a refused transaction nothing is delivered")
                    .isNull();
            found.put(by, true);
        }
    }

    private void transact() {
        TransactionProbe probe = transaction();
        Planned planned = new Planned(probe, new ArrayList<>(), new ArrayList<>());
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            long logId = random.nextInt(20) == 0 ? 99 : anyQueue();
            PublishProbe publish = attributes(probe());
            Shard target = logId == 99 ? shards.get(random.nextInt(SHARDS)) : shard(logId);
            probe.publish(target, logId, publish);
            planned.published.add(publish.firstNumber());
            publisher.put(publish.firstNumber(), planned);
        }
        for (Long each : new ArrayList<>(held.keySet())) {
            if (random.nextInt(3) == 0 && planned.acknowledged.size() < 3) {
                Held source = held.remove(each);
                probe.acknowledge(shard(source.logId), source.logId, source.message);
                planned.acknowledged.add(each);
            }
        }
        transactions.add(planned);
        probe.run();
        run();
    }

    private PublishProbe attributes(PublishProbe publish) {
        switch (random.nextInt(4)) {
            case 0 -> publish.priority(random.nextInt(3));
            case 1 -> publish.group(random.nextInt(1, 3));
            default -> publish.priority(EntryEnvelope.PRIORITY_NORMAL);
        }
        return publish;
    }

    private long anyQueue() {
        int id = random.nextInt(SHARDS);
        return random.nextBoolean() ? queue(id) : otherQueue(id);
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

    // What is there.

    private void check() {
        Set<Long> seen = new HashSet<>();
        for (int id = 0; id < SHARDS; id++) {
            for (Seen each : all(id)) {
                assertThat(seen.add(each.number()))
                        .as("message %d is there once", each.number())
                        .isTrue();
                Planned by = publisher.get(each.number());
                if (by != null) {
                    assertThat(isDone(by))
                            .as("message %d of a refused transaction", each.number())
                            .isNotEqualTo(false);
                    found.put(by, true);
                }
            }
        }
        Set<Long> gone = new HashSet<>();
        for (Planned each : transactions) {
            if (Boolean.TRUE.equals(isDone(each))) {
                each.acknowledged.forEach(number -> assertThat(gone.add(number))
                        .as("%d is acknowledged once", number)
                        .isTrue());
            } else {
                found.put(each, false);
            }
        }
        for (Planned each : transactions) {
            boolean isDone = Boolean.TRUE.equals(isDone(each));
            committed += isDone ? 1 : 0;
            for (Long number : each.published) {
                assertThat(seen.contains(number) || gone.contains(number))
                        .as("message %d of a transaction that is done: %s", number, isDone)
                        .isEqualTo(isDone);
            }
        }
        assertThat(seen).as("what was acknowledged").doesNotContainAnyElementsOf(gone);
        for (PublishProbe each : plain) {
            assertThat(!each.isStored() || seen.contains(each.firstNumber()) || gone.contains(each.firstNumber()))
                    .as("message %d, which is confirmed, is there", each.firstNumber())
                    .isTrue();
        }
    }

    /** Whether it has happened; null where that is not known. */
    private @Nullable Boolean isDone(Planned planned) {
        if (planned.probe.isCommitted()) {
            return true;
        }
        return planned.probe.refusal() != null ? Boolean.FALSE : found.get(planned);
    }

    private List<Seen> all(int id) {
        List<Seen> seen = new ArrayList<>(seen(queue(id)));
        seen.addAll(seen(otherQueue(id)));
        return seen;
    }
}

package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Messages of some groups and of none, with due times, delays and expiry in any mixture, and indexes that have next to
 * nothing in memory, some of the time read late, over restarts from snapshots taken at any moment: held against a list
 * of messages. Of a group exactly the message whose turn it is can be had, or none, and nobody who has something waits
 * for long.
 */
class ShardGroupPropertyTest extends ShardFixture {
    private static final int ACTIONS = 150;
    private static final int GROUPS = 7;
    private static final long LEASE_NANOS = 5 * SECOND;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    /** What happens this much too late, or after a restart this much too early, is in time. */
    private static final long EARLY_NANOS = 4 * MILLI;

    private static final long LATE_NANOS = 12 * MILLI;

    /** One message that is not settled. */
    private static final class Job {
        long offset;
        /** 0 for none. */
        long group;
        /** Not to be delivered before this moment; 0: at once. */
        long dueNanos;

        long expiryMillis;
        int deliveries;
        Message lease;
        long leaseEndNanos;
        boolean isDurable;
    }

    private final TreeMap<Long, Job> jobs = new TreeMap<>();
    /** How many others were delivered since a group, or those without, could have had its turn. */
    private final Map<Long, Integer> passedOver = new HashMap<>();

    private SplittableRandom random;

    @ParameterizedTest
    @SeedSource(runs = 300)
    void ofAGroupOnlyTheNextOneCanBeHad(long seed) {
        random = new SplittableRandom(seed);
        restartWith(
                new EngineLimits(64L << 20, 100_000, EngineLimits.DEFAULT.compactionBytesMax(), random.nextInt(1, 12)));
        for (int i = 0; i < ACTIONS; i++) {
            act();
        }
        drain();
        assertThat(host.indexDamages).isEmpty();
        assertThat(host.checkpointFailures).isEmpty();
        assertThat(host.damaged).isEmpty();
        assertThat(host.faults).isEmpty();
    }

    private void act() {
        int what = random.nextInt(110);
        if (what < 35) {
            publishSome();
        } else if (what < 60) {
            take(random.nextInt(1, 6));
        } else if (what < 76) {
            settleSome();
        } else if (what < 84) {
            passSome(random.nextLong(4 * SECOND));
        } else if (what < 88) {
            restartWithin();
        } else if (what < 93) {
            giveUpAll();
        } else if (what < 94) {
            purgeAll();
        } else if (what < 97) {
            discardOne();
        } else if (what < 100) {
            look();
        } else {
            actWhileIndexIsRead();
        }
    }

    /** Some ask, and much happens before what must be read for them is there. They acknowledge what they get. */
    private void actWhileIndexIsRead() {
        settleDoubt();
        log.readAtOnce(false);
        List<ReceiveProbe> asked = new ArrayList<>();
        Map<Long, Job> known = new TreeMap<>(jobs);
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            asked.add(receive(new ReceiveProbe(1, Integer.MAX_VALUE, LEASE_NANOS, LEASE_NANOS, true)));
            switch (random.nextInt(10)) {
                case 0 -> purgeAll();
                case 1, 2, 3 -> settleSome();
                case 4, 5 -> passSome(random.nextLong(SECOND / 4));
                default -> publishSome();
            }
            known.putAll(jobs);
        }
        log.readAtOnce(true);
        log.completeReads();
        run();
        asked.forEach(shard::cancel);
        Set<Long> served = new TreeSet<>();
        for (ReceiveProbe each : asked) {
            for (Message got : each.messages()) {
                Job job = known.get(got.offset());
                assertThat(job.group == 0 || served.add(job.group))
                        .as("two of group %d at a time", job.group)
                        .isTrue();
                jobs.remove(got.offset());
                assertThat(acknowledge(got).done()).containsExactly(true);
            }
        }
        passedOver.clear();
    }

    // What is done.

    private void publishSome() {
        int count = random.nextInt(4) == 0 ? random.nextInt(2, 5) : 1;
        long group = Math.max(0, random.nextInt(-2, GROUPS + 1));
        PublishProbe publish = probe(count).group(group);
        long dueNanos = 0;
        if (random.nextInt(4) == 0) {
            long laterMillis = random.nextLong(1, 8_000);
            if (random.nextBoolean()) {
                publish.dueMillis(clock.epochMillis() + laterMillis);
            } else {
                publish.delayNanos(laterMillis * MILLI);
            }
            dueNanos = clock.elapsedNanos() + laterMillis * MILLI;
        }
        long expiryMillis = random.nextInt(6) == 0 ? clock.epochMillis() + random.nextLong(10_000) : 0;
        publish.expiryMillis(expiryMillis);
        publish(publish);
        for (int i = 0; i < count; i++) {
            Job job = new Job();
            job.offset = publish.storedOffset() + i;
            job.group = group;
            job.dueNanos = dueNanos;
            job.expiryMillis = expiryMillis;
            jobs.put(job.offset, job);
        }
    }

    private void take(int most) {
        settleDoubt();
        Map<Long, Job> free = free();
        boolean durable = random.nextBoolean();
        boolean hasGroups = jobs.values().stream().anyMatch(each -> each.group != 0);
        ReceiveProbe receive = receive(new ReceiveProbe(most, Integer.MAX_VALUE, LEASE_NANOS, 0, durable));
        if (receive.messages().isEmpty()) {
            assertThat(free).as("a receive that got nothing").isEmpty();
        }
        long before = -1;
        for (Message each : receive.messages()) {
            Job job = jobs.get(each.offset());
            assertThat(free.remove(each.offset()))
                    .as("whether %d may be delivered", each.offset())
                    .isSameAs(job);
            if (job.group == 0) {
                assertThat(each.offset()).isGreaterThan(before);
                before = each.offset();
            }
            countTurn(job.group, free);
            assertThat(each.deliveryCount()).isEqualTo(++job.deliveries);
            job.lease = each;
            job.isDurable = durable || hasGroups;
            job.leaseEndNanos = clock.elapsedNanos() + LEASE_NANOS;
        }
        long last = before;
        assertThat(free.values())
                .as("those without a group that were passed over")
                .noneMatch(each -> each.group == 0 && each.offset < last);
    }

    private void countTurn(long served, Map<Long, Job> free) {
        passedOver.remove(served);
        Set<Long> others = new TreeSet<>();
        free.values().forEach(each -> others.add(each.group));
        others.remove(served);
        passedOver.keySet().retainAll(others);
        for (long each : others) {
            int count = passedOver.merge(each, 1, Integer::sum);
            assertThat(count)
                    .as("deliveries since it was the turn of group %d", each)
                    .isLessThanOrEqualTo(each == 0 ? 1 : 4 * GROUPS);
        }
    }

    private void settleSome() {
        List<Job> leased =
                jobs.values().stream().filter(each -> each.lease != null).toList();
        if (leased.isEmpty()) {
            return;
        }
        settleDoubt();
        SettlementProbe settlement = new SettlementProbe();
        int chosen = 0;
        for (Job each : leased) {
            if (random.nextBoolean() && each.lease != null) {
                chosen++;
                settleOne(settlement, each);
            }
        }
        settle(settlement);
        assertThat(settlement.done()).hasSize(chosen).doesNotContain(false);
    }

    private void settleOne(SettlementProbe settlement, Job job) {
        if (random.nextInt(3) > 0) {
            settlement.acknowledge(job.lease);
            jobs.remove(job.offset);
        } else {
            long delayNanos = random.nextBoolean() ? 0 : random.nextLong(1, 6_000) * MILLI;
            settlement.release(job.lease, delayNanos);
            job.lease = null;
            job.dueNanos = delayNanos == 0 ? 0 : clock.elapsedNanos() + delayNanos;
        }
    }

    private void passSome(long nanos) {
        pass(nanos);
        endLeases();
    }

    /** All leases that are over by now have ended. */
    private void endLeases() {
        for (Job each : jobs.values()) {
            if (each.lease != null && clock.elapsedNanos() >= each.leaseEndNanos + LATE_NANOS) {
                each.lease = null;
                each.dueNanos = 0;
            }
        }
    }

    private void restartWithin() {
        settleDoubt();
        restart();
        // Leases that had ended before end again.
        pass(2 * LATE_NANOS);
        for (Job each : jobs.values()) {
            if (each.lease != null && !each.isDurable) {
                each.lease = null;
                each.dueNanos = 0;
            }
        }
        endLeases();
        passedOver.clear();
    }

    private void giveUpAll() {
        log.mayStay(random.nextBoolean());
        log.wantTrim(log.syncedPosition());
        run();
    }

    private void purgeAll() {
        settleDoubt();
        purge();
        jobs.values().removeIf(each -> each.lease == null);
    }

    private void discardOne() {
        settleDoubt();
        List<Job> there =
                jobs.values().stream().filter(each -> each.lease == null).toList();
        if (!there.isEmpty()) {
            Job gone = there.get(random.nextInt(there.size()));
            discard(QUEUE, gone.offset);
            jobs.remove(gone.offset);
        }
    }

    private void look() {
        settleDoubt();
        List<Long> seen = peek(new PeekProbe(0, 100_000, Integer.MAX_VALUE, Peek.State.READY))
                .offsets();
        assertThat(seen).isEqualTo(offsets(each -> each.lease == null && isDue(each)));
        List<Long> leased = peek(new PeekProbe(0, 100_000, Integer.MAX_VALUE, Peek.State.LEASED))
                .offsets();
        assertThat(leased).isEqualTo(offsets(each -> each.lease != null));
        assertThat(stats().ready()).isEqualTo(seen.size());
        assertThat(stats().leased()).isEqualTo(leased.size());
        assertThat(stats().delayed()).isEqualTo(jobs.size() - seen.size() - leased.size());
    }

    // What is known.

    private List<Long> offsets(Predicate<Job> which) {
        return jobs.values().stream().filter(which).map(each -> each.offset).toList();
    }

    /** Those that may be delivered now. */
    private Map<Long, Job> free() {
        Map<Long, Job> free = new TreeMap<>();
        Set<Long> decided = new TreeSet<>();
        jobs.values().stream().filter(each -> each.lease != null).forEach(each -> decided.add(each.group));
        decided.remove(0L);
        for (Job each : jobs.values()) {
            boolean isPassedOver = !isDue(each) && each.deliveries == 0;
            if (each.lease != null || isPassedOver || decided.contains(each.group)) {
                continue;
            }
            if (each.group != 0) {
                decided.add(each.group);
            }
            if (isDue(each)) {
                free.put(each.offset, each);
            }
        }
        return free;
    }

    private boolean isDue(Job job) {
        return job.dueNanos - clock.elapsedNanos() <= 0;
    }

    /** Lets time pass until nothing is just happening. */
    private void settleDoubt() {
        boolean isInDoubt = true;
        while (isInDoubt) {
            isInDoubt = false;
            for (Job each : jobs.values()) {
                isInDoubt |=
                        each.dueNanos != 0 && each.lease == null && isInDoubt(each.dueNanos - clock.elapsedNanos());
                isInDoubt |= each.lease != null && isInDoubt(each.leaseEndNanos - clock.elapsedNanos());
                isInDoubt |= each.expiryMillis != 0 && isExpiryInDoubt(each);
            }
            if (isInDoubt) {
                pass(LATE_NANOS / 2);
            }
        }
        endLeases();
        jobs.values()
                .removeIf(each ->
                        each.lease == null && each.expiryMillis != 0 && each.expiryMillis <= clock.epochMillis());
    }

    /** The wall clock is looked at every second. */
    private boolean isExpiryInDoubt(Job job) {
        long leftNanos = (job.expiryMillis - clock.epochMillis()) * MILLI;
        return leftNanos > -SECOND - LATE_NANOS && leftNanos < EARLY_NANOS;
    }

    private static boolean isInDoubt(long nanosLeft) {
        return nanosLeft > -LATE_NANOS && nanosLeft < EARLY_NANOS;
    }

    private void drain() {
        passSome(70 * SECOND);
        while (!jobs.isEmpty()) {
            settleDoubt();
            if (random.nextInt(5) == 0) {
                restartWithin();
            }
            take(5);
            SettlementProbe settlement = new SettlementProbe();
            for (Job each : new ArrayList<>(jobs.values())) {
                if (each.lease != null) {
                    settlement.acknowledge(each.lease);
                    jobs.remove(each.offset);
                }
            }
            settle(settlement);
        }
        look();
        assertThat(receive(ReceiveProbe.upTo(1)).messages()).isEmpty();
        assertThat(stats().nextOffset()).isPositive();
    }
}

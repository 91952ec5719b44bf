package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.storage.EntryEnvelope;
import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Due times, delays, priorities and expiry in any mixture, with indexes that have next to nothing in memory, so that
 * runs are written and merged, over restarts from snapshots taken at any moment and clocks that are set: held against a
 * list of messages. What is delivered is always the ready message of the smallest priority and offset; nothing comes
 * early, late, twice, after its expiry, or not at all.
 */
class ShardOrderPropertyTest extends ShardFixture {
    private static final int ACTIONS = 150;
    private static final long LEASE_NANOS = 5 * SECOND;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    /** What happens this much too late, or after a restart this much too early, is in time. */
    private static final long EARLY_NANOS = 4 * MILLI;

    private static final long LATE_NANOS = 12 * MILLI;
    /** A wall clock that was set is looked at again after a second. */
    private static final long WALL_LATE_NANOS = SECOND + LATE_NANOS;

    /** One message that is not settled. */
    private static final class Job {
        long offset;
        int priority;
        /** Not to be delivered before this moment of wall time or of even time; 0: at once. */
        long dueNanos;

        boolean isWallTime;
        /** The due time that it was published with. */
        long dateMillis;

        long expiryMillis;
        int deliveries;
        Message lease;
        long leaseEndNanos;
        boolean isDurable;
    }

    private final TreeMap<Long, Job> jobs = new TreeMap<>();
    private SplittableRandom random;

    @ParameterizedTest
    @SeedSource(runs = 300)
    void theNextMessageIsAlwaysTheRightOne(long seed) {
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
    }

    private void act() {
        int what = random.nextInt(100);
        if (what < 40) {
            publishSome();
        } else if (what < 60) {
            take(random.nextInt(1, 6));
        } else if (what < 75) {
            settleSome();
        } else if (what < 85) {
            passSome(random.nextLong(4 * SECOND));
        } else if (what < 88) {
            setClock(random.nextLong(-20, 20) * 2_000);
        } else if (what < 93) {
            restartWithin();
        } else if (what < 98) {
            giveUpAll();
        } else if (what < 99) {
            purgeAll();
        } else {
            look();
        }
    }

    // What is done.

    private void publishSome() {
        int count = random.nextInt(4) == 0 ? random.nextInt(2, 5) : 1;
        PublishProbe publish = probe(count);
        int priority = random.nextBoolean() ? EntryEnvelope.PRIORITY_NORMAL : random.nextInt(4) - 2;
        publish.priority(priority);
        long dueNanos = 0;
        boolean isWallTime = random.nextBoolean();
        if (random.nextInt(3) == 0) {
            long laterMillis = random.nextLong(-1_000, 8_000);
            if (isWallTime) {
                publish.dueMillis(clock.epochMillis() + laterMillis);
                dueNanos = TimeUnit.MILLISECONDS.toNanos(clock.epochMillis() + laterMillis);
            } else if (laterMillis > 0) {
                publish.delayNanos(laterMillis * MILLI);
                dueNanos = clock.elapsedNanos() + laterMillis * MILLI;
            }
        }
        long expiryMillis = random.nextInt(4) == 0 ? clock.epochMillis() + random.nextLong(10_000) : 0;
        publish.expiryMillis(expiryMillis);
        publish(publish);
        for (int i = 0; i < count; i++) {
            Job job = new Job();
            job.offset = publish.storedOffset() + i;
            job.priority = priority;
            job.dueNanos = dueNanos;
            job.isWallTime = isWallTime;
            job.dateMillis = isWallTime ? TimeUnit.NANOSECONDS.toMillis(dueNanos) : 0;
            job.expiryMillis = expiryMillis;
            jobs.put(job.offset, job);
        }
    }

    private void take(int most) {
        settleDoubt();
        List<Job> ready = ready();
        boolean durable = random.nextBoolean();
        ReceiveProbe receive = receive(new ReceiveProbe(most, Integer.MAX_VALUE, LEASE_NANOS, 0, durable));
        List<Long> expected =
                ready.stream().limit(most).map(each -> each.offset).toList();
        List<Long> got = receive.offsets();
        if (got.size() < expected.size()) {
            // Some had expired that nobody had noticed.
            assertThat(got).isEqualTo(expected.subList(0, got.size()));
            assertThat(got.isEmpty()).as("a receive that got nothing").isFalse();
        }
        assertThat(expected).startsWith(got.toArray(Long[]::new));
        for (Message each : receive.messages()) {
            Job job = jobs.get(each.offset());
            assertThat(each.deliveryCount()).isEqualTo(++job.deliveries);
            job.lease = each;
            job.isDurable = durable;
            job.leaseEndNanos = clock.elapsedNanos() + LEASE_NANOS;
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
        List<Job> chosen = new ArrayList<>();
        for (Job each : leased) {
            if (random.nextBoolean() && each.lease != null) {
                chosen.add(each);
                settleOne(settlement, each);
            }
        }
        settle(settlement);
        assertThat(settlement.done()).hasSameSizeAs(chosen).doesNotContain(false);
    }

    private void settleOne(SettlementProbe settlement, Job job) {
        Message lease = job.lease;
        if (random.nextBoolean()) {
            settlement.acknowledge(lease);
            jobs.remove(job.offset);
        } else {
            long delayNanos = random.nextBoolean() ? 0 : random.nextLong(1, 6_000) * MILLI;
            settlement.release(lease, delayNanos);
            job.lease = null;
            job.isWallTime = false;
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

    private void setClock(long millis) {
        settleDoubt();
        // What has expired under a lease ends with it, unless a restart makes that forgotten: here it ends now.
        settleAll(job -> job.expiryMillis != 0 && job.expiryMillis <= clock.epochMillis());
        clock.jumpWall(millis);
        // Something happens, so that it is on record.
        discard(OTHER, publish(OTHER, 1, MESSAGE_BYTES).storedOffset());
        // What was due once stays so, and what had expired is gone.
        passSome(WALL_LATE_NANOS);
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
        // What was due by a clock that was set back since may have to wait for its date once more.
        long waitMillis = jobs.values().stream()
                .filter(each -> each.deliveries == 0 && each.dueNanos == 0)
                .mapToLong(each -> each.dateMillis - clock.epochMillis())
                .max()
                .orElse(0);
        if (waitMillis > 0) {
            passSome(waitMillis * MILLI + LATE_NANOS);
        }
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

    private void look() {
        settleDoubt();
        List<Long> seen = peek(new PeekProbe(0, 100_000, Integer.MAX_VALUE, Peek.State.READY))
                .offsets();
        List<Long> ready = ready().stream().map(each -> each.offset).sorted().toList();
        assertThat(seen).isEqualTo(ready);
        List<Long> leased = peek(new PeekProbe(0, 100_000, Integer.MAX_VALUE, Peek.State.LEASED))
                .offsets();
        assertThat(leased)
                .isEqualTo(jobs.values().stream()
                        .filter(each -> each.lease != null)
                        .map(each -> each.offset)
                        .toList());
        assertThat(stats().ready()).isEqualTo(ready.size());
        assertThat(stats().leased()).isEqualTo(leased.size());
        assertThat(stats().delayed()).isEqualTo(jobs.size() - ready.size() - leased.size());
    }

    // What is known.

    private static final Comparator<Job> ORDER = Comparator.<Job, Integer>comparing(
                    each -> each.priority, Integer::compareUnsigned)
            .thenComparing(each -> each.offset);

    private List<Job> ready() {
        return jobs.values().stream()
                .filter(each -> each.lease == null && nanosUntilDue(each) <= 0)
                .sorted(ORDER)
                .toList();
    }

    private long nanosUntilDue(Job job) {
        if (job.dueNanos == 0) {
            return 0;
        }
        long now = job.isWallTime ? TimeUnit.MILLISECONDS.toNanos(clock.epochMillis()) : clock.elapsedNanos();
        return job.dueNanos - now;
    }

    /** Lets time pass until nothing is just happening. */
    private void settleDoubt() {
        boolean isInDoubt = true;
        while (isInDoubt) {
            isInDoubt = false;
            for (Job each : List.copyOf(jobs.values())) {
                isInDoubt |= isInDoubt(nanosUntilDue(each)) && each.dueNanos != 0 && each.lease == null;
                isInDoubt |= each.lease != null && isInDoubt(each.leaseEndNanos - clock.elapsedNanos());
                isInDoubt |= each.expiryMillis != 0 && isInDoubt((each.expiryMillis - clock.epochMillis()) * MILLI);
            }
            if (isInDoubt) {
                pass(LATE_NANOS / 2);
            }
        }
        endLeases();
        for (Job each : List.copyOf(jobs.values())) {
            if (each.dueNanos != 0 && nanosUntilDue(each) <= 0) {
                each.dueNanos = 0;
            }
            if (each.lease == null && each.expiryMillis != 0 && each.expiryMillis <= clock.epochMillis()) {
                jobs.remove(each.offset);
            }
        }
    }

    private static boolean isInDoubt(long nanosLeft) {
        return nanosLeft > -LATE_NANOS && nanosLeft < EARLY_NANOS;
    }

    private void drain() {
        passSome(70 * SECOND);
        while (!jobs.isEmpty()) {
            settleDoubt();
            long mostNanos =
                    jobs.values().stream().mapToLong(this::nanosUntilDue).max().orElse(0);
            passSome(Math.max(mostNanos, 0) + WALL_LATE_NANOS);
            take(5);
            settleAll(job -> true);
        }
        look();
        assertThat(receive(ReceiveProbe.upTo(1)).messages()).isEmpty();
        assertThat(stats().nextOffset()).isPositive();
    }

    private void settleAll(Predicate<Job> which) {
        SettlementProbe settlement = new SettlementProbe();
        for (Job each : List.copyOf(jobs.values())) {
            if (each.lease != null && which.test(each)) {
                settlement.acknowledge(each.lease);
                jobs.remove(each.offset);
            }
        }
        settle(settlement);
    }
}

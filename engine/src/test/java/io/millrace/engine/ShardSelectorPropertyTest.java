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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Several consumers with filters and without, that wait or do not, on a queue with priorities, groups, delays, expiry
 * and messages that come back, in memory and on disk, with reads that are late, over crashes: held against a list of
 * messages. Whoever gets a message wants it, nobody else has it, and none that it wants goes before it; whoever waits
 * gets a message as soon as there is one that it wants. What nobody wants stays.
 *
 * <p>Time passes in steps of ten seconds, and all deadlines lie half-way between two.
 */
class ShardSelectorPropertyTest extends ShardFixture {
    private static final int ACTIONS = 120;
    private static final int GROUPS = 4;
    private static final long STEP = 10 * SECOND;
    private static final long LEASE = 25 * SECOND;

    /** One message that is not settled. */
    private static final class Job {
        long offset;
        long number;
        int priority;
        /** 0 for none. */
        long group;

        long dueNanos;
        long expiryNanos = Long.MAX_VALUE;
        boolean wasDelivered;

        @Nullable
        Message lease;

        long leaseEndNanos;
    }

    /** Somebody who has asked. */
    private record Asked(ReceiveProbe receive, @Nullable NumberFilter filter, long endNanos) {
        boolean wants(Job job) {
            return filter == null || filter.wants(job.number);
        }
    }

    private static final Comparator<Job> ORDER = Comparator.<Job, Integer>comparing(
                    each -> each.priority, Integer::compareUnsigned)
            .thenComparing(each -> each.offset);

    private final TreeMap<Long, Job> jobs = new TreeMap<>();
    private final List<Asked> waiting = new ArrayList<>();
    private SplittableRandom random;
    private boolean isOrderKnown = true;

    @ParameterizedTest
    @SeedSource(runs = 100)
    void everybodyGetsWhatTheyWantAndNothingElse(long seed) {
        random = new SplittableRandom(seed);
        restartWith(
                new EngineLimits(64L << 20, 100_000, EngineLimits.DEFAULT.compactionBytesMax(), random.nextInt(1, 12)));
        for (int i = 0; i < ACTIONS; i++) {
            act();
            check();
        }
        drain();
        assertThat(host.faults).isEmpty();
        assertThat(host.damaged).isEmpty();
        assertThat(host.indexDamages).isEmpty();
    }

    private void act() {
        int what = random.nextInt(100);
        if (what < 35) {
            publishSome();
        } else if (what < 60) {
            ask();
        } else if (what < 75) {
            settleSome();
        } else if (what < 82) {
            passStep();
        } else if (what < 88) {
            log.forgetTail();
        } else if (what < 91) {
            log.mayStay(random.nextBoolean());
            log.wantTrim(log.syncedPosition());
            run();
        } else if (what < 98) {
            actWhileMuchIsRead();
        } else {
            crash();
        }
    }

    /** Reads are answered one by one, or all after other things have happened. */
    private void actWhileMuchIsRead() {
        log.forgetTail();
        log.readAtOnce(false);
        isOrderKnown = false;
        for (int i = random.nextInt(1, 8); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> publishSome();
                case 1 -> settleSome();
                default -> ask();
            }
            if (log.pendingReads() > 0 && random.nextBoolean()) {
                log.completeRead();
                run();
            }
            noteAnswers();
        }
        if (random.nextInt(8) == 0) {
            crash();
        }
        log.readAtOnce(true);
        log.completeReads();
        run();
        noteAnswers();
        isOrderKnown = true;
    }

    // What is done.

    private void publishSome() {
        int count = random.nextInt(3) == 0 ? random.nextInt(2, 6) : 1;
        PublishProbe publish = probe(count);
        Job like = new Job();
        like.priority = EntryEnvelope.PRIORITY_NORMAL;
        if (random.nextInt(4) == 0) {
            like.group = random.nextInt(1, GROUPS + 1);
        } else if (random.nextInt(3) == 0) {
            like.priority += random.nextInt(-2, 3);
        }
        if (random.nextInt(5) == 0) {
            publish.delayNanos((random.nextInt(2) + 1) * STEP - STEP / 2);
            like.dueNanos = clock.elapsedNanos() + publish.delayNanos();
        }
        if (random.nextInt(5) == 0) {
            long laterNanos = random.nextInt(1, 4) * STEP - STEP / 2;
            publish.expiryMillis(clock.epochMillis() + laterNanos / 1_000_000);
            like.expiryNanos = clock.elapsedNanos() + laterNanos;
        }
        publish(publish.group(like.group).priority(like.priority));
        for (int i = 0; i < count; i++) {
            Job job = new Job();
            job.offset = publish.storedOffset() + i;
            job.number = publish.firstNumber() + i;
            job.priority = like.priority;
            job.group = like.group;
            job.dueNanos = like.dueNanos;
            job.expiryNanos = like.expiryNanos;
            jobs.put(job.offset, job);
        }
    }

    private void ask() {
        if (waiting.size() > 12) {
            return;
        }
        int kind = random.nextInt(8);
        NumberFilter filter = kind == 0 ? null : NumberFilter.of(kind < 4 ? 2 : 5, kind < 4 ? kind % 2 : kind % 5);
        long waitNanos = random.nextBoolean() ? 0 : random.nextInt(1, 8) * STEP - STEP / 2;
        ReceiveProbe receive =
                new ReceiveProbe(random.nextInt(1, 4), Integer.MAX_VALUE, LEASE, waitNanos, random.nextBoolean());
        if (filter != null) {
            receive.matching(filter);
        }
        waiting.add(new Asked(receive, filter, clock.elapsedNanos() + waitNanos));
        receive(receive);
    }

    private void settleSome() {
        SettlementProbe settlement = new SettlementProbe();
        int count = 0;
        for (Job each : List.copyOf(jobs.values())) {
            if (each.lease == null || random.nextBoolean()) {
                continue;
            }
            count++;
            if (random.nextBoolean()) {
                settlement.acknowledge(each.lease);
                jobs.remove(each.offset);
            } else {
                long delayNanos = random.nextBoolean() ? 0 : STEP / 2;
                settlement.release(each.lease, delayNanos);
                giveBack(each);
                each.dueNanos = delayNanos == 0 ? 0 : clock.elapsedNanos() + delayNanos;
            }
        }
        if (count > 0) {
            settle(settlement);
            assertThat(settlement.done()).hasSize(count).doesNotContain(false);
        }
    }

    private void giveBack(Job job) {
        job.lease = null;
        if (job.expiryNanos <= clock.elapsedNanos()) {
            jobs.remove(job.offset);
        }
    }

    private void passStep() {
        isOrderKnown = false;
        pass(STEP);
        for (Job each : jobs.values()) {
            if (each.lease != null && each.leaseEndNanos <= clock.elapsedNanos()) {
                each.lease = null;
            }
        }
        // Leases that have begun half-way end now, so that none ends at a step.
        for (Job each : noteAnswers()) {
            acknowledge(each.lease);
            jobs.remove(each.offset);
        }
        jobs.values().removeIf(each -> each.lease == null && each.expiryNanos <= clock.elapsedNanos());
        isOrderKnown = true;
    }

    private void crash() {
        log.readAtOnce(true);
        waiting.clear();
        restart();
        // Leases that were under way to somebody end as well.
        for (long passed = 0; passed <= LEASE; passed += STEP) {
            passStep();
        }
        for (Job each : List.copyOf(jobs.values())) {
            if (each.lease != null) {
                giveBack(each);
            }
        }
    }

    // What is known.

    private boolean isReady(Job job) {
        boolean isFree = job.lease == null && job.dueNanos <= clock.elapsedNanos();
        return isFree && (job.group == 0 || isFirstOfGroup(job));
    }

    /** Of a group those keep others back that are held or wait, or were delivered and are not due again. */
    private boolean isFirstOfGroup(Job job) {
        return jobs.values().stream()
                .filter(each -> each.group == job.group && each != job)
                .noneMatch(each -> each.lease != null
                        || (each.offset < job.offset && (each.wasDelivered || each.dueNanos <= clock.elapsedNanos())));
    }

    private void check() {
        noteAnswers();
        for (Asked each : waiting) {
            Predicate<Job> isForThem = job -> isReady(job) && each.wants(job);
            assertThat(jobs.values().stream().filter(isForThem).map(job -> job.number))
                    .as("what %s waits for", each.filter)
                    .isEmpty();
            assertThat(each.endNanos).as("the end of a wait").isGreaterThan(clock.elapsedNanos());
        }
    }

    /** Returns what was delivered. */
    private List<Job> noteAnswers() {
        List<Asked> answered =
                waiting.stream().filter(each -> each.receive.isAnswered()).toList();
        waiting.removeAll(answered);
        List<Job> got = new ArrayList<>();
        for (Asked each : answered) {
            assertThat(each.receive.answers()).isEqualTo(1);
            each.receive.messages().forEach(message -> got.add(take(each, message)));
        }
        if (isOrderKnown) {
            answered.forEach(this::checkOrder);
        }
        return got;
    }

    private Job take(Asked asked, Message message) {
        Job job = jobs.get(message.offset());
        assertThat(job).as("message %d is there", message.offset()).isNotNull();
        assertThat(message.number()).isEqualTo(job.number);
        assertThat(job.lease).as("who has message %d", job.offset).isNull();
        assertThat(asked.wants(job)).as("%s wants %d", asked.filter, job.number).isTrue();
        assertThat(job.dueNanos).isLessThanOrEqualTo(clock.elapsedNanos());
        if (isOrderKnown) {
            assertThat(job.group == 0 || isFirstOfGroup(job)).isTrue();
        }
        job.lease = message;
        job.wasDelivered = true;
        job.leaseEndNanos = clock.elapsedNanos() + LEASE;
        return job;
    }

    /** Nothing that is still there goes before what was delivered. */
    private void checkOrder(Asked asked) {
        List<Job> got = asked.receive.messages().stream()
                .map(each -> jobs.get(each.offset()))
                .filter(each -> each.group == 0)
                .toList();
        assertThat(got).isSortedAccordingTo(ORDER);
        for (Job each : got) {
            assertThat(jobs.values())
                    .filteredOn(left -> left.group == 0 && isReady(left) && asked.wants(left))
                    .noneMatch(left -> ORDER.compare(left, each) < 0);
        }
    }

    private void drain() {
        waiting.forEach(each -> shard.cancel(each.receive));
        waiting.clear();
        for (int i = 0; i < 5; i++) {
            passStep();
        }
        while (!jobs.isEmpty()) {
            int before = jobs.size();
            for (int remainder = 0; remainder < 2; remainder++) {
                NumberFilter half = NumberFilter.of(2, remainder);
                ReceiveProbe receive = receive(new ReceiveProbe(5, Integer.MAX_VALUE, LEASE, 0, false).of(half));
                waiting.add(new Asked(receive, half, 0));
                noteAnswers();
                acknowledge(receive.messages());
                receive.messages().forEach(each -> jobs.remove(each.offset()));
            }
            assertThat(jobs.size()).as("what is left").isLessThan(before);
        }
        assertThat(receive(ReceiveProbe.upTo(1)).messages()).isEmpty();
        assertThat(stats().ready()).isZero();
    }
}

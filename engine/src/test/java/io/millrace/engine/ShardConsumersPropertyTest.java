package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.ConsumerPolicy;
import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Consumers that attach, receive, wait, settle, detach and are not heard of any more, on a queue that changes its mind
 * about a single active consumer and pauses, over restarts. What happens is held against the rules: whoever has the
 * queue for itself is alone, and goes on only when nobody else holds a lease; the highest priority that waits is served
 * first; messages come in their order, also when another takes over; and nobody waits who could be served.
 */
class ShardConsumersPropertyTest extends ShardFixture {
    private static final int ACTIONS = 150;
    private static final long NOBODY = Receive.NOBODY;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Deadlines are seen this much too late at most. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Longer than a test. */
    private static final long LEASE_NANOS = 100_000 * SECOND;

    /** A consumer that should be attached. */
    private static final class Known {
        final ConsumerState state;
        /** When it was heard of last, not earlier and not later than. */
        long heardFrom;

        long heardTo;
        boolean isWaiting;

        Known(ConsumerState state, long now) {
            this.state = state;
            heard(now);
        }

        void heard(long now) {
            heardFrom = now;
            heardTo = now;
        }
    }

    /** A receive that was not answered when it was looked at last. */
    private record Asked(ReceiveProbe probe, long consumer, int priority, long untilNanos) {}

    private record Held(Message message, long consumer, boolean isDurable) {}

    private record Delivered(Message message, Asked asked) {}

    private final Map<Long, Known> attached = new LinkedHashMap<>();
    private final List<Asked> waiting = new ArrayList<>();
    private final Set<Long> free = new TreeSet<>();
    private final Map<Long, Held> held = new TreeMap<>();
    private final List<Message> stale = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private int detached;
    private SplittableRandom random;
    private boolean isSingle;
    private boolean isPaused;
    /** When the pause ends by itself; 0 where it does not. */
    private long resumeNanos;
    /** The consumer that has the queue for itself. */
    private long sole = NOBODY;

    @ParameterizedTest
    @SeedSource(runs = 300)
    void theRightOnesGetTheMessagesInOrder(long seed) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < ACTIONS; i++) {
            act();
        }
        drain();
        assertThat(host.faults).isEmpty();
    }

    private void act() {
        int what = random.nextInt(100);
        if (what < 20) {
            publishSome();
        } else if (what < 32) {
            attachOne();
        } else if (what < 60) {
            receiveSome();
        } else if (what < 74) {
            settleSome();
        } else if (what < 80) {
            detachOne();
        } else if (what < 83) {
            renewOne();
        } else if (what < 91) {
            passSome(random.nextLong(2 * SECOND));
        } else if (what < 98) {
            changePolicy();
        } else {
            restartAll();
        }
    }

    // What is done.

    private void publishSome() {
        int count = random.nextInt(1, 4);
        long first = publish(count).storedOffset();
        for (int i = 0; i < count; i++) {
            free.add(first + i);
        }
        judge(null);
    }

    private void attachOne() {
        boolean isExclusive = random.nextInt(6) == 0;
        long lifeNanos = random.nextBoolean() ? ConsumerTerms.UNTIL_DETACHED : random.nextLong(SECOND, 4 * SECOND);
        ConsumerTerms terms = new ConsumerTerms("ada", random.nextInt(-2, 3), isExclusive, lifeNanos);
        refusals.clear();
        ConsumerState made = shard.consumers().attach(QUEUE, terms, refusals::add);
        run();
        boolean isTaken = hasExclusive() || (isExclusive && !attached.isEmpty());
        assertThat(made == null).isEqualTo(isTaken);
        assertThat(refusals).isEqualTo(isTaken ? List.of(Refusal.QUEUE_IN_USE) : List.of());
        if (made != null) {
            attached.put(made.number(), new Known(made, clock.elapsedNanos()));
        }
        judge(null);
    }

    private void receiveSome() {
        Known known = random.nextInt(4) == 0 ? null : anyConsumer();
        long waitNanos = random.nextInt(3) == 0 ? 0 : random.nextLong(SECOND / 10, 6 * SECOND);
        ReceiveProbe probe =
                new ReceiveProbe(random.nextInt(1, 4), Integer.MAX_VALUE, LEASE_NANOS, waitNanos, random.nextBoolean());
        Asked asked = new Asked(
                known == null ? probe : probe.by(known.state),
                known == null ? NOBODY : known.state.number(),
                known == null ? 0 : known.state.terms().priority(),
                clock.elapsedNanos() + waitNanos);
        receive(probe);
        if (known != null) {
            known.heard(clock.elapsedNanos());
        }
        judge(asked);
    }

    private @Nullable Known anyConsumer() {
        List<Known> all = new ArrayList<>(attached.values());
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    private void settleSome() {
        SettlementProbe settlement = new SettlementProbe();
        int live = 0;
        for (Held each : new ArrayList<>(held.values())) {
            if (random.nextBoolean()) {
                live++;
                Message message = each.message();
                held.remove(message.offset());
                if (random.nextInt(3) > 0) {
                    settlement.acknowledge(message);
                } else {
                    settlement.release(message, 0);
                    free.add(message.offset());
                }
            }
        }
        stale.forEach(settlement::acknowledge);
        settle(settlement);
        assertThat(settlement.done().subList(0, live)).doesNotContain(false);
        assertThat(settlement.done().subList(live, settlement.size()))
                .as("leases that have ended with their consumer")
                .doesNotContain(true);
        stale.clear();
        judge(null);
    }

    private void detachOne() {
        Known known = anyConsumer();
        if (known == null) {
            return;
        }
        boolean keepsLeases = random.nextInt(3) == 0;
        int before = detached;
        shard.consumers().detach(QUEUE, known.state.number(), "ada", keepsLeases, () -> detached++, refusals::add);
        run();
        assertThat(detached).isEqualTo(before + 1);
        remove(known, keepsLeases);
        judge(null);
    }

    /** The consumer has ended. Leases that it keeps are from now on those of somebody who is not there. */
    private void remove(Known gone, boolean keepsLeases) {
        attached.remove(gone.state.number());
        for (Held each : new ArrayList<>(held.values())) {
            if (each.consumer() == gone.state.number() && !keepsLeases) {
                held.remove(each.message().offset());
                free.add(each.message().offset());
                stale.add(each.message());
            }
        }
    }

    private void renewOne() {
        Known known = anyConsumer();
        if (known != null) {
            assertThat(shard.consumers().renew(QUEUE, known.state.number(), "ada", refusals::add))
                    .isNotNull();
            run();
            known.heard(clock.elapsedNanos());
            judge(null);
        }
    }

    private void passSome(long nanos) {
        for (long left = nanos; left > 0; left -= STEP_NANOS) {
            pass(Math.min(left, STEP_NANOS));
            judge(null);
        }
    }

    private void changePolicy() {
        switch (random.nextInt(6)) {
            case 0, 1 -> isSingle = true;
            case 2 -> isSingle = false;
            case 3 -> {
                isPaused = true;
                resumeNanos = 0;
            }
            case 4 -> {
                isPaused = true;
                resumeNanos = clock.elapsedNanos() + random.nextLong(1, 3_000) * (SECOND / 1_000);
            }
            default -> isPaused = false;
        }
        applyPolicy();
        judge(null);
    }

    private void applyPolicy() {
        ConsumerPolicy policy = ConsumerPolicy.ALL.withSingleActive(isSingle);
        if (isPaused) {
            long leftNanos = resumeNanos - clock.elapsedNanos();
            policy = policy.pausedUntil(
                    resumeNanos == 0
                            ? ConsumerPolicy.NEVER
                            : clock.epochMillis() + Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos)));
        }
        consumerPolicy(policy);
    }

    private void restartAll() {
        restart();
        attached.clear();
        waiting.clear();
        sole = NOBODY;
        for (Held each : new ArrayList<>(held.values())) {
            if (!each.isDurable()) {
                held.remove(each.message().offset());
                free.add(each.message().offset());
            }
        }
        held.replaceAll((offset, each) -> new Held(each.message(), NOBODY, true));
        judge(null);
    }

    private void drain() {
        isSingle = false;
        isPaused = false;
        applyPolicy();
        judge(null);
        for (Known each : new ArrayList<>(attached.values())) {
            shard.consumers().detach(QUEUE, each.state.number(), null, false, () -> detached++, refusals::add);
            remove(each, false);
            run();
            judge(null);
        }
        passSome(7 * SECOND);
        assertThat(waiting).isEmpty();
        held.values().forEach(each -> release(each.message(), 0));
        free.addAll(held.keySet());
        held.clear();
        assertThat(receive(ReceiveProbe.upTo(100_000)).offsets()).containsExactlyElementsOf(free);
    }

    // The rules.

    private void judge(@Nullable Asked latest) {
        long now = clock.elapsedNanos();
        boolean wasPaused = isPaused;
        boolean hasResumed = isPaused && resumeNanos != 0 && now >= resumeNanos;
        Set<Long> mayHaveHadIt = new HashSet<>(Set.of(sole));
        boolean anybodyEnded = judgeAttached(now);
        judgeTurn();
        mayHaveHadIt.add(sole);
        // What ended a pause and a consumer at almost the same time may have come in either order.
        List<Delivered> delivered = judgeAnswers(latest, now);
        assertThat(wasPaused && !hasResumed ? delivered : List.of())
                .as("deliveries of a paused queue")
                .isEmpty();
        judgeDeliveries(delivered, latest, mayHaveHadIt, anybodyEnded && hasResumed);
        if (hasResumed && now >= resumeNanos + LATE_NANOS) {
            isPaused = false;
        }
        attached.values().forEach(each -> {
            boolean isWaiting = waiting.stream().anyMatch(asked -> asked.consumer() == each.state.number());
            if (isWaiting || each.isWaiting) {
                each.heardTo = now;
            }
            if (isWaiting) {
                each.heardFrom = now;
            }
            each.isWaiting = isWaiting;
        });
        judgeWaiting(hasResumed);
    }

    /** Those who were heard of in time are there, the others are not; returns whether somebody has just ended. */
    private boolean judgeAttached(long now) {
        List<Long> there = list().stream().map(ConsumerState::number).toList();
        boolean anybodyEnded = false;
        for (Known each : new ArrayList<>(attached.values())) {
            long lifeNanos = each.state.terms().lifeNanos();
            boolean isMortal = lifeNanos != ConsumerTerms.UNTIL_DETACHED;
            if (!there.contains(each.state.number())) {
                assertThat(isMortal && now >= each.heardFrom + lifeNanos)
                        .as("whether the time of a consumer was over")
                        .isTrue();
                remove(each, false);
                anybodyEnded = true;
            } else if (isMortal && !each.isWaiting) {
                assertThat(now).as("a consumer's end").isLessThanOrEqualTo(each.heardTo + lifeNanos + LATE_NANOS);
            }
        }
        assertThat(there).containsExactlyElementsOf(attached.keySet());
        return anybodyEnded;
    }

    /** Who has the queue for itself keeps it; else it is the turn of the highest priority, then of who came first. */
    private void judgeTurn() {
        boolean isForOne = isSingle || hasExclusive();
        if (!isForOne) {
            sole = NOBODY;
        } else if (!attached.containsKey(sole)) {
            sole = attached.values().stream()
                    .max(Comparator.comparingInt(
                                    (Known each) -> each.state.terms().priority())
                            .thenComparing(each -> -each.state.number()))
                    .map(each -> each.state.number())
                    .orElse(NOBODY);
        }
        for (ConsumerState each : list()) {
            assertThat(each.isActive())
                    .as("whether %d is active", each.number())
                    .isEqualTo(!isForOne || each.number() == sole);
        }
        assertThat(hasExclusive() && attached.size() > 1).isFalse();
    }

    /** Whoever was answered without messages had to be; returns the messages of the others, as they were leased. */
    private List<Delivered> judgeAnswers(@Nullable Asked latest, long now) {
        List<Delivered> delivered = new ArrayList<>();
        List<Asked> asked = new ArrayList<>(waiting);
        if (latest != null) {
            asked.add(latest);
        }
        for (Asked each : asked) {
            Refusal expected = refusal(each);
            ReceiveProbe probe = each.probe();
            if (!probe.isAnswered()) {
                assertThat(expected).isNull();
                assertThat(now).isLessThanOrEqualTo(each.untilNanos() + LATE_NANOS);
            } else if (probe.refusal() == null && probe.messages().isEmpty()) {
                assertThat(now).as("the end of a wait").isGreaterThanOrEqualTo(each.untilNanos());
            } else if (probe.refusal() != null) {
                assertThat(probe.refusal()).isEqualTo(expected);
            }
            probe.messages().forEach(message -> delivered.add(new Delivered(message, each)));
        }
        delivered.sort(Comparator.comparingLong(each -> each.message().token()));
        return delivered;
    }

    private @Nullable Refusal refusal(Asked asked) {
        if (asked.consumer() != NOBODY) {
            return attached.containsKey(asked.consumer()) ? null : Refusal.CONSUMER_NOT_FOUND;
        }
        return isSingle ? Refusal.CONSUMER_REQUIRED : hasExclusive() ? Refusal.QUEUE_IN_USE : null;
    }

    private void judgeDeliveries(
            List<Delivered> delivered, @Nullable Asked latest, Set<Long> mayHaveHadIt, boolean isOrderOpen) {
        List<Asked> line = new ArrayList<>(waiting);
        line.sort(Comparator.comparingInt(each -> -each.priority()));
        waiting.removeIf(each -> each.probe().isAnswered());
        if (latest != null && !latest.probe().isAnswered()) {
            waiting.add(latest);
        }
        Asked last = null;
        for (Delivered each : delivered) {
            Asked asked = each.asked();
            long offset = each.message().offset();
            assertThat(free).as("what can be delivered").contains(offset);
            assertThat(isOrderOpen ? offset : free.iterator().next())
                    .as("the first that can be delivered")
                    .isEqualTo(offset);
            if (!asked.equals(last)) {
                judgeTurnOf(asked, line, mayHaveHadIt);
                last = asked;
            }
            free.remove(offset);
            held.put(
                    offset,
                    new Held(each.message(), asked.consumer(), asked.probe().isDurable()));
        }
        boolean isInVain = latest != null
                && latest.probe().isAnswered()
                && latest.probe().refusal() == null
                && latest.probe().messages().isEmpty();
        assertThat(isInVain && mayHave(latest) && !isPaused && !free.isEmpty())
                .as("a receive that got nothing where there was something")
                .isFalse();
    }

    /** Whether {@code asked} was the one to be served, of those who wait in {@code line}. */
    private void judgeTurnOf(Asked asked, List<Asked> line, Set<Long> mayHaveHadIt) {
        if (isSingle || hasExclusive()) {
            assertThat(mayHaveHadIt).as("who has the queue for itself").contains(asked.consumer());
            assertThat(held.values()).as("leases of others").allMatch(each -> each.consumer() == asked.consumer());
        }
        for (Asked before : line) {
            if (before.equals(asked)) {
                break;
            }
            boolean isPassedOver = !before.probe().isAnswered() && mayHave(before);
            assertThat(isPassedOver).as("one is passed over who was before").isFalse();
        }
        line.remove(asked);
    }

    /** Nobody waits for what they could have. */
    private void judgeWaiting(boolean hasJustResumed) {
        for (Asked each : waiting) {
            assertThat(mayHave(each) && !isPaused && !hasJustResumed && !free.isEmpty())
                    .as("somebody waits for what is there")
                    .isFalse();
        }
        assertThat(stats().waiting()).isEqualTo(waiting.size());
        assertThat(stats().leased()).isEqualTo(held.size());
        assertThat(stats().ready()).isEqualTo(free.size());
    }

    /** Whether it could have messages that are free, as far as other consumers are concerned. */
    private boolean mayHave(Asked asked) {
        boolean holdsAll = held.values().stream().allMatch(each -> each.consumer() == asked.consumer());
        return sole == NOBODY ? refusal(asked) == null : asked.consumer() == sole && holdsAll;
    }

    private boolean hasExclusive() {
        return attached.values().stream().anyMatch(each -> each.state.terms().isExclusive());
    }

    private List<ConsumerState> list() {
        return shard.consumers().list(QUEUE, refusals::add);
    }
}

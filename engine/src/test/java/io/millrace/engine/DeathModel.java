package io.millrace.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.Overflow;
import io.millrace.testkit.SimulatedClock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the clients know of how one message dies: whether its queue may have put it aside to be moved to where its dead
 * letters go, or must have, and what is to be told of it then. Beside its {@link MessageModel}.
 */
final class DeathModel {
    /** Clocks are read in whole milliseconds, when it is delivered, when it comes back and when it is looked at. */
    private static final long ROUNDING_MILLIS = 3;

    /** What a consumer has done after so many deliveries, and it died of. */
    record Cause(DeathReason reason, @Nullable String text, int deliveries) {}

    /** What the queue tells of it when it is dead; times in epoch milliseconds, or {@link DeadLetters#UNKNOWN}. */
    record Dead(DeathReason reason, @Nullable String text, int deliveryCount, long firstMillis, long lastMillis) {
        static Dead of(DeadLetters messages, int index) {
            byte[] text = messages.text(index);
            return new Dead(
                    messages.reason(index),
                    text == null ? null : new String(text, UTF_8),
                    messages.deliveryCount(index),
                    messages.firstDeliveryMillis(index),
                    messages.lastDeliveryMillis(index));
        }
    }

    private final long number;
    private final ShardLedger ledger;
    private final DeadLetterPolicy policy;
    private final boolean keepsOverflow;
    /** What it may have died of because a consumer has said something. */
    private final List<Cause> causes = new ArrayList<>();
    /** Why it may have died by itself. */
    private final Set<DeathReason> reasons = EnumSet.noneOf(DeathReason.class);

    private boolean isCertain;
    /** It is dead for good once what has this stamp is synced. */
    private long stamp;
    /** When its first delivery of all was, and its last, as far as they were in this life. */
    private @Nullable Window first;

    private @Nullable Window last;

    /** It was between these moments of this life. */
    private record Window(long fromNanos, long toNanos) {}

    /** Of a message of a queue with these policies. */
    DeathModel(long number, ShardLedger ledger, DeadLetterPolicy policy, LengthPolicy length) {
        this.number = number;
        this.ledger = ledger;
        this.policy = policy;
        this.keepsOverflow = policy.hasTarget() && length.overflow() == Overflow.DEAD_LETTER;
    }

    /** Whether a message that ends for {@code reason} is a dead letter then, and not gone. */
    boolean keeps(DeathReason reason) {
        return switch (reason) {
            case EXPIRED -> policy.keepsExpired();
            case OVERFLOW -> keepsOverflow;
            case REJECTED, DELIVERIES -> policy.hasTarget();
        };
    }

    /** Whether it is not delivered again after so many deliveries. */
    boolean isExhausted(long deliveries) {
        return deliveries > 0 && policy.isExhausted((int) Math.min(Integer.MAX_VALUE, deliveries));
    }

    /** Whether it is dead, as far as the process that lives now is asked. */
    boolean isCertain() {
        return isCertain;
    }

    /** Whether it is dead, or may be. */
    boolean isPossible() {
        return isCertain || !causes.isEmpty() || !reasons.isEmpty();
    }

    /** It may die by itself from now on. */
    void mayDieBy(DeathReason reason) {
        reasons.add(reason);
    }

    /** It may have died of this. */
    void mayDieOf(Cause cause) {
        causes.add(cause);
    }

    /** It dies of this, which has this stamp. */
    void dies(Cause cause, long ofDeath) {
        causes.add(cause);
        isCertain = true;
        stamp = ofDeath;
    }

    /** It is seen, and not dead. */
    void isAlive() {
        causes.clear();
        reasons.clear();
    }

    /** It is seen, and dead. */
    void isDead() {
        assertThat(isPossible()).as("message %d, which is dead, may be", number).isTrue();
        if (!isCertain) {
            isCertain = true;
            stamp = ledger.stamp();
        }
    }

    /** It was delivered for the {@code count}th time, at {@code earliestNanos} or later. */
    void delivered(int count, long earliestNanos, SimulatedClock clock) {
        last = new Window(earliestNanos, clock.elapsedNanos());
        first = count == 1 ? last : first;
    }

    /** It is handed over, to be moved; {@code isOnRecord} where a delivery in an earlier life is. */
    void handed(Dead dead, boolean isOnRecord, SimulatedClock clock) {
        isDead();
        boolean bySomebody = causes.contains(new Cause(dead.reason, dead.text, dead.deliveryCount));
        boolean byItself = reasons.contains(dead.reason) && dead.text == null;
        assertThat(bySomebody || byItself)
                .as(
                        "what is told of message %d: %s; it died of one of %s, or by itself: %s",
                        number, dead, causes, reasons)
                .isTrue();
        assertThat(dead.reason != DeathReason.DELIVERIES || isExhausted(dead.deliveryCount))
                .as("message %d, which is dead, has had its deliveries: %s", number, dead)
                .isTrue();
        checkTimes(dead, isOnRecord, clock);
    }

    private void checkTimes(Dead dead, boolean isOnRecord, SimulatedClock clock) {
        if (isOnRecord || last != null) {
            assertThat(dead.lastMillis)
                    .as("when message %d was delivered last", number)
                    .isNotNegative();
        }
        if (last != null) {
            // It may have been under way to somebody else since.
            assertThat(dead.lastMillis)
                    .as("when message %d was delivered last", number)
                    .isBetween(wallMillis(last.fromNanos, clock) - ROUNDING_MILLIS, clock.epochMillis());
        }
        if (first != null) {
            assertThat(dead.firstMillis)
                    .as("when message %d was delivered first", number)
                    .isBetween(
                            wallMillis(first.fromNanos, clock) - ROUNDING_MILLIS,
                            wallMillis(first.toNanos, clock) + ROUNDING_MILLIS);
        }
        assertThat(dead.firstMillis)
                .as("when message %d was delivered first", number)
                .isLessThanOrEqualTo(dead.lastMillis);
    }

    /** What the wall clock says of a moment of this life. */
    private static long wallMillis(long nanos, SimulatedClock clock) {
        return clock.epochMillis() - TimeUnit.NANOSECONDS.toMillis(clock.elapsedNanos() - nanos);
    }

    /** The process has ended: it may be alive in the next one, unless it is known to be dead for good. */
    void died() {
        isCertain &= ledger.isSynced(stamp);
        stamp = ShardLedger.SETTLED;
        first = null;
        last = null;
    }

    /** A process has started that finds it dead or alive. */
    void found(boolean dead) {
        if (dead) {
            isDead();
        } else {
            assertThat(isCertain).as("message %d is dead for good", number).isFalse();
            isAlive();
        }
    }
}

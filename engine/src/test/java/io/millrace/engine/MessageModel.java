package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.policy.DeathReason;
import io.millrace.testkit.SimulatedClock;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What the clients know of one message, and what they may therefore see of it. */
final class MessageModel {
    /** Whether it is in the queue. */
    enum Presence {
        /** It was published, and nobody was told yet that it is stored. */
        PENDING,
        /** It is there. */
        PRESENT,
        /** What is seen next of the queue tells whether it is there. */
        UNKNOWN,
        /** It is not there, and never will be. */
        GONE
    }

    private record Counted(int count, long stamp) {}

    final long number;
    /** How it dies. */
    final DeathModel death;

    private final ShardLedger ledger;
    private Presence presence = Presence.PENDING;
    private long goneStamp;
    private Presence presenceBefore = Presence.PENDING;
    /** How often somebody has since tried to remove it. */
    private int removals;
    /** Whether somebody tried to remove it, with whatever success. */
    private boolean removalTried;
    /** Transactions that are to end its lease, or it, and have not ended. */
    private int claims;

    private boolean isBeingRemoved;
    /** Whether it was not there any more when that began. */
    private boolean wasGone;

    private @Nullable LeaseModel lease;
    /** A durable lease that the next process may find, although this one does not know of it any more. */
    private @Nullable LeaseModel storedLease;

    private @Nullable Term delay;
    private long delayStamp;
    /** Whether it is delayed, or leased, and nobody knows for how long: that was not confirmed before a crash. */
    private boolean isKeptBack;

    private int observed;
    private int countInThisLife;
    private int countStored;
    /** Deliveries of this life whose records may not be on stable storage yet. */
    private final ArrayDeque<Counted> counts = new ArrayDeque<>();

    private long lastToken = -1;

    private final long dueMillis;
    private final long expiryMillis;
    /** Whether its due time has come by some wall clock. */
    private boolean dueReached;
    /** Whether its queue may have had it go. */
    private boolean mayOverflow;
    /** Whether it has expired by some wall clock. */
    private boolean expiryReached;

    /**
     * One that may be delivered from {@code dueMillis} on and before {@code expiryMillis}; 0 for none. In the end it
     * may die as {@code death} says.
     */
    MessageModel(long number, ShardLedger ledger, long dueMillis, long expiryMillis, DeathModel death) {
        this.number = number;
        this.death = death;
        this.ledger = ledger;
        this.dueMillis = dueMillis;
        this.expiryMillis = expiryMillis;
    }

    /** It is kept back for this long from now on. */
    void delayed(Term fromNow) {
        delay = fromNow;
    }

    /** Notes what time it is. */
    void tick(SimulatedClock clock) {
        dueReached |= clock.epochMillis() >= dueMillis;
        expiryReached |= expiryMillis > 0 && clock.epochMillis() >= expiryMillis;
        // It goes, or dies, when its lease ends, also where the clock was set back meanwhile.
        if (expiryReached) {
            endsBy(DeathReason.EXPIRED);
        }
        if (mayOverflow) {
            endsBy(DeathReason.OVERFLOW);
        }
    }

    private void endsBy(DeathReason reason) {
        if (death.keeps(reason)) {
            death.mayDieBy(reason);
        } else if (!death.isCertain()) {
            maybeGone();
        }
    }

    /** It may have been delivered so often to somebody who never got it. */
    void mayHaveHad(long unseenDeliveries) {
        if (death.isExhausted(observed + unseenDeliveries)) {
            death.mayDieBy(DeathReason.DELIVERIES);
        }
    }

    /** Its queue may be too long, and have it go. */
    void overflows() {
        mayOverflow = true;
    }

    /** Whether it may go, to nowhere, although nobody has asked for that. */
    boolean mayGo() {
        return (expiryMillis > 0 && !death.keeps(DeathReason.EXPIRED))
                || (mayOverflow && !death.keeps(DeathReason.OVERFLOW));
    }

    /** Whether it is there for certain and somebody may get it who wants it; rather not. */
    boolean isFree(SimulatedClock clock) {
        return presence == Presence.PRESENT
                && dueMillis == 0
                && !isKeptBack
                && !death.isPossible()
                && (lease == null || lease.isNoticed(clock))
                && (delay == null || delay.isNoticed(clock));
    }

    /** When it is due by the wall clock; 0 for at once. */
    long dueMillis() {
        return dueMillis;
    }

    Presence presence() {
        return presence;
    }

    boolean removalTried() {
        return removalTried;
    }

    @Nullable
    LeaseModel lease() {
        return lease;
    }

    /** Whether somebody has seen it. */
    boolean wasDelivered() {
        return observed > 0;
    }

    /** Whether nobody but the holder of its lease may get it now. */
    boolean isLeased(SimulatedClock clock) {
        return lease != null && lease.isRunning(clock);
    }

    /** Whether nobody may get it now. */
    boolean isDelayed(SimulatedClock clock) {
        return delay != null && delay.isRunning(clock);
    }

    /** It is stored: its publisher was told, or it was seen. */
    void present() {
        if (presence == Presence.PENDING || presence == Presence.UNKNOWN) {
            presence = Presence.PRESENT;
        }
    }

    /** It was never stored, or is known to be gone for good. */
    void gone() {
        gone(ShardLedger.SETTLED);
    }

    /** It is removed, for good once what has this stamp is synced. */
    void gone(long stamp) {
        removals++;
        removalTried = true;
        goneStamp = presence == Presence.GONE ? Math.min(goneStamp, stamp) : stamp;
        presence = Presence.GONE;
    }

    /** A transaction is to end its lease: until that is answered nobody knows who may get it. */
    void claimed() {
        mayBeRemoved();
        lease = null;
        storedLease = null;
        delay = null;
    }

    /** The transaction was refused: it is there again, unless somebody has tried to remove it since. */
    void notClaimed() {
        claims--;
        if (claims == 0 && presenceBefore == Presence.PRESENT && removals == 0 && presence == Presence.UNKNOWN) {
            presence = Presence.PRESENT;
        }
    }

    private void mayBeRemoved() {
        presenceBefore = claims == 0 ? presence : presenceBefore;
        claims++;
        int others = presence == Presence.PRESENT ? 0 : 1;
        maybeGone();
        removals = others;
    }

    /** A transaction is to remove it, which nobody holds: until that is answered nobody knows whether it is there. */
    void beginRemoval() {
        isBeingRemoved = true;
        wasGone = presence == Presence.GONE;
        mayBeRemoved();
    }

    boolean isBeingRemoved() {
        return isBeingRemoved;
    }

    /** The transaction that was to remove it has. */
    void removed(SimulatedClock clock) {
        assertThat(wasGone)
                .as("message %d had gone before it was removed", number)
                .isFalse();
        assertThat(isLeased(clock))
                .as("message %d, which was removed, is leased", number)
                .isFalse();
        isBeingRemoved = false;
        claims--;
        gone();
    }

    /** The transaction was refused. */
    void notRemoved() {
        isBeingRemoved = false;
        notClaimed();
    }

    /** Whether it has gone, and nobody but the transaction that was to remove it has tried. */
    boolean isClaimDone() {
        return presence == Presence.GONE && removals == 0;
    }

    /** It is there now; a transaction may be about to remove it. */
    private void thereNow() {
        if (claims > 0) {
            presenceBefore = Presence.PRESENT;
        } else {
            presence = Presence.PRESENT;
        }
    }

    /** It may have been removed. */
    void maybeGone() {
        removals++;
        removalTried = true;
        if (presence == Presence.PRESENT) {
            presence = Presence.UNKNOWN;
        }
    }

    /**
     * It was delivered, under {@code given}, at {@code earliestNanos} or later. {@code unseenDeliveries} bounds how
     * often it may have been under way to somebody who never got it.
     */
    void delivered(
            ReceiveProbe.Message message,
            LeaseModel given,
            long earliestNanos,
            long unseenDeliveries,
            SimulatedClock clock) {
        tick(clock);
        assertThat(dueReached).as("message %d is due", number).isTrue();
        assertThat(expiryMillis == 0 || clock.epochMillis() < expiryMillis)
                .as("message %d has not expired", number)
                .isTrue();
        assertThat(presence)
                .as("presence of message %d, which is delivered", number)
                .isIn(Presence.PRESENT, Presence.UNKNOWN);
        assertThat(isLeased(clock))
                .as("message %d is leased to another", number)
                .isFalse();
        assertThat(isDelayed(clock)).as("message %d is delayed", number).isFalse();
        assertThat(death.isCertain()).as("message %d is dead", number).isFalse();
        assertThat(death.isExhausted(message.deliveryCount() - 1L))
                .as("message %d has had its deliveries, of which this is number %d", number, message.deliveryCount())
                .isFalse();
        death.isAlive();
        assertThat(message.token()).as("token of message %d", number).isGreaterThan(lastToken);
        assertThat(message.deliveryCount())
                .as("delivery count of message %d", number)
                .isGreaterThan(countInThisLife)
                .isGreaterThan(countStored)
                .isLessThanOrEqualTo((int) Math.min(Integer.MAX_VALUE, 1 + observed + unseenDeliveries));
        thereNow();
        long stamp = ledger.stamp();
        if (lease != null) {
            lease.end(stamp);
        }
        if (lease != null && lease.durable) {
            storedLease = lease;
        }
        lease = given;
        delay = null;
        isKeptBack = false;
        observed++;
        death.delivered(message.deliveryCount(), earliestNanos, clock);
        lastToken = message.token();
        countInThisLife = message.deliveryCount();
        counts.add(new Counted(countInThisLife, given.durable ? ShardLedger.SETTLED : stamp));
    }

    /** Its holder gives it back, to be delivered again after {@code delayed}, unless it has had its deliveries. */
    void released(
            LeaseModel held, int deliveries, Term delayed, @Nullable String text, long stamp, SimulatedClock clock) {
        tick(clock);
        held.end(stamp);
        if (!death.isExhausted(deliveries)) {
            delay = delayed;
            delayStamp = stamp;
            return;
        }
        DeathModel.Cause cause = new DeathModel.Cause(DeathReason.DELIVERIES, text, deliveries);
        if (expiryReached && !death.keeps(DeathReason.EXPIRED)) {
            death.mayDieOf(cause);
        } else {
            thereNow();
            death.dies(cause, stamp);
        }
    }

    /** Its holder does not want it to be delivered any more. */
    void rejected(LeaseModel held, int deliveries, @Nullable String text, long stamp) {
        held.end(stamp);
        if (death.keeps(DeathReason.REJECTED)) {
            thereNow();
            death.dies(new DeathModel.Cause(DeathReason.REJECTED, text, deliveries), stamp);
        } else {
            gone(stamp);
        }
    }

    /** It is handed over as {@code dead}, to be moved to where dead letters go. */
    void handed(DeathModel.Dead dead, long unseenDeliveries, SimulatedClock clock) {
        assertThat(presence)
                .as("presence of message %d, which is dead", number)
                .isIn(Presence.PRESENT, Presence.UNKNOWN);
        assertThat(isLeased(clock))
                .as("message %d, which is dead, is leased", number)
                .isFalse();
        int least = Math.max(countInThisLife, countStored);
        // One that has expired on its way to a consumer was delivered as far as its queue knows.
        long onItsWay = dead.reason() == DeathReason.EXPIRED ? 1 : 0;
        assertThat(dead.deliveryCount())
                .as("delivery count of message %d, which is dead", number)
                .isBetween(least, (int) Math.min(Integer.MAX_VALUE, observed + unseenDeliveries + onItsWay));
        death.handed(dead, countStored > 0, clock);
        thereNow();
    }

    // A crash.

    /** The process has ended. */
    void died(SimulatedClock clock) {
        tick(clock);
        if (presence == Presence.PENDING || (presence == Presence.GONE && !ledger.isSynced(goneStamp))) {
            presence = Presence.UNKNOWN;
        }
        // What is decided by now is so for all times.
        goneStamp = ShardLedger.SETTLED;
        for (Counted each : counts) {
            if (ledger.isSynced(each.stamp)) {
                countStored = Math.max(countStored, each.count);
            }
        }
        counts.clear();
        countInThisLife = 0;
        claims = 0;
        isBeingRemoved = false;
        death.died();
        if (!isDelayed(clock) || !ledger.isSynced(delayStamp)) {
            delay = null;
        }
        if (delay != null) {
            delay.died(clock);
        }
        delayStamp = ShardLedger.SETTLED;
        LeaseModel last = lease != null && lease.durable ? lease : storedLease;
        lease = last != null && last.outlives(ledger, clock) ? last : null;
        storedLease = null;
    }

    /** A process has started that found of it what was on stable storage. */
    void restarted(SimulatedClock clock) {
        tick(clock);
        if (delay != null) {
            delay.restarted(clock);
        }
        if (lease != null) {
            lease.restarted(clock);
        }
    }

    /** It was seen, in this state, or not at all, when a process had just started: that is how it is from now on. */
    void found(Peek.@Nullable State state, boolean leasesMayBeUnseen, SimulatedClock clock) {
        if (state == null) {
            assertThat(presence)
                    .as("presence of message %d, which is not there", number)
                    .isNotEqualTo(Presence.PRESENT);
            if (!mayGo()) {
                presence = Presence.GONE;
                goneStamp = ShardLedger.SETTLED;
            } // else it may have gone just now, which need not be on stable storage
            return;
        }
        assertThat(presence)
                .as("presence of message %d, which is there", number)
                .isIn(Presence.PRESENT, Presence.UNKNOWN);
        presence = Presence.PRESENT;
        death.found(state == Peek.State.DEAD);
        assertThat(state == Peek.State.LEASED || !isLeased(clock))
                .as("the durable lease on message %d goes on", number)
                .isTrue();
        assertThat(state == Peek.State.DELAYED || state == Peek.State.DEAD || !isDelayed(clock))
                .as("the delay of message %d goes on", number)
                .isTrue();
        isKeptBack = (state == Peek.State.DELAYED && delay == null) || (state == Peek.State.LEASED && !isLeased(clock));
        if (state != Peek.State.LEASED) {
            lease = null;
        } else if (lease == null) {
            assertThat(leasesMayBeUnseen)
                    .as("the lease of a connection on message %d has ended", number)
                    .isTrue();
        }
    }
}

package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

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
    private final ShardLedger ledger;
    private Presence presence = Presence.PENDING;
    private long goneStamp;
    private Presence presenceBefore = Presence.PENDING;
    /** How often somebody has since tried to remove it. */
    private int removals;
    /** Whether somebody tried to remove it, with whatever success. */
    private boolean removalTried;

    private @Nullable LeaseModel lease;
    /** A durable lease that the next process may find, although this one does not know of it any more. */
    private @Nullable LeaseModel storedLease;

    private @Nullable Term delay;
    private long delayStamp;

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

    /** One that may be delivered from {@code dueMillis} on and before {@code expiryMillis}; 0 for none. */
    MessageModel(long number, ShardLedger ledger, long dueMillis, long expiryMillis) {
        this.number = number;
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
        if (expiryReached || mayOverflow) {
            // It goes when its lease ends, also where the clock was set back meanwhile.
            maybeGone();
        }
    }

    /** Its queue may be too long, and have it go. */
    void overflows() {
        mayOverflow = true;
    }

    /** Whether it may go although nobody has asked for that. */
    boolean mayGo() {
        return expiryMillis > 0 || mayOverflow;
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
        if (presence != Presence.GONE) {
            presence = Presence.GONE;
            goneStamp = stamp;
        }
    }

    /**
     * A transaction is to acknowledge it: until that is answered nobody knows whether it is there, nor who may get it.
     */
    void claimed() {
        presenceBefore = presence;
        maybeGone();
        lease = null;
        storedLease = null;
        delay = null;
        removals = 0;
    }

    /** The transaction was refused: it is there again, unless somebody has tried to remove it since. */
    void notClaimed() {
        if (presenceBefore == Presence.PRESENT && removals == 0 && presence == Presence.UNKNOWN) {
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
     * It was delivered, under {@code given}. {@code unseenDeliveries} bounds how often it may have been under way to
     * somebody who never got it.
     */
    void delivered(ReceiveProbe.Message message, LeaseModel given, long unseenDeliveries, SimulatedClock clock) {
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
        assertThat(message.token()).as("token of message %d", number).isGreaterThan(lastToken);
        assertThat(message.deliveryCount())
                .as("delivery count of message %d", number)
                .isGreaterThan(countInThisLife)
                .isGreaterThan(countStored)
                .isLessThanOrEqualTo((int) Math.min(Integer.MAX_VALUE, 1 + observed + unseenDeliveries));
        presence = Presence.PRESENT;
        long stamp = ledger.stamp();
        if (lease != null) {
            lease.end(stamp);
        }
        if (lease != null && lease.durable) {
            storedLease = lease;
        }
        lease = given;
        delay = null;
        observed++;
        lastToken = message.token();
        countInThisLife = message.deliveryCount();
        counts.add(new Counted(countInThisLife, given.durable ? ShardLedger.SETTLED : stamp));
    }

    /** Its holder gives it back, to be delivered after {@code delayNanos}. */
    void released(LeaseModel held, Term delayed, long stamp, SimulatedClock clock) {
        held.end(stamp);
        delay = delayed.isRunning(clock) ? delayed : null;
        delayStamp = stamp;
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
                boolean wasTried = removalTried;
                gone();
                removalTried = wasTried;
            } // else it may have gone just now, which need not be on stable storage
            return;
        }
        assertThat(presence)
                .as("presence of message %d, which is there", number)
                .isIn(Presence.PRESENT, Presence.UNKNOWN);
        presence = Presence.PRESENT;
        assertThat(state == Peek.State.LEASED || !isLeased(clock))
                .as("the durable lease on message %d goes on", number)
                .isTrue();
        assertThat(state == Peek.State.DELAYED || !isDelayed(clock))
                .as("the delay of message %d goes on", number)
                .isTrue();
        if (state != Peek.State.LEASED) {
            lease = null;
        } else if (lease == null) {
            assertThat(leasesMayBeUnseen)
                    .as("the lease of a connection on message %d has ended", number)
                    .isTrue();
        }
    }
}

package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.MessageModel.Presence;
import io.millrace.engine.PeekProbe.Seen;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.Overflow;
import io.millrace.testkit.SimulatedClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of one queue may rely on (the guarantees of the design), as a plain model: told of everything that
 * they ask for, are answered and see, it fails where they see what must not be. It knows nothing of logs, files and
 * recovery; what only chance decides at a crash it leaves open until it is seen.
 */
final class QueueModel {
    static final long UNPLACED = -1;

    /** Messages that were published together: they are stored together, or none is. */
    private static final class Batch {
        final List<MessageModel> messages = new ArrayList<>();
        long offset = UNPLACED;
        /** 0 for none. */
        long group;
        /** Whether they are told to be stored later than those behind them. */
        boolean isLater;
        /** Whether they may be delivered from the beginning. */
        boolean isPrompt;

        /** Whether nobody knows if it was stored. */
        boolean isOpen() {
            return offset == UNPLACED && messages.stream().anyMatch(each -> each.presence() == Presence.UNKNOWN);
        }
    }

    private record Place(Batch batch, int index, MessageModel message) {
        long offset() {
            return batch.offset == UNPLACED ? UNPLACED : batch.offset + index;
        }
    }

    private final ShardLedger ledger;
    private final SimulatedClock clock;
    private final Map<Long, Place> places = new LinkedHashMap<>();
    private final Map<Long, Long> numberAt = new HashMap<>();
    private final List<Batch> batches = new ArrayList<>();
    /** First deliveries of this life: the order of the leases is the order of the offsets. */
    private final TreeMap<Long, Long> firstDeliveries = new TreeMap<>();

    private final LengthPolicy length;
    private long lastStoredOffset = -1;
    private long unseenDeliveriesMax;
    private boolean leasesMayBeUnseen;
    /** Whether all messages are delivered in the order of their offsets. */
    private boolean isInOrder = true;

    QueueModel(ShardLedger ledger, SimulatedClock clock, LengthPolicy length) {
        this.length = length;
        this.ledger = ledger;
        this.clock = clock;
    }

    // Publishing.

    /** Messages are published as one batch, and where {@code isLater} may be delivered only when others are stored. */
    void publishing(PublishProbe publish, boolean isLater) {
        long firstNumber = publish.firstNumber();
        isInOrder &= publish.isPlain() && !isLater;
        Batch batch = new Batch();
        batch.group = publish.group();
        batch.isLater = isLater;
        batch.isPrompt = publish.dueMillis() == 0 && publish.delayNanos() == 0 && !isLater;
        for (int i = 0; i < publish.count(); i++) {
            MessageModel message =
                    new MessageModel(firstNumber + i, ledger, publish.dueMillis(), publish.expiryMillis());
            if (publish.delayNanos() > 0) {
                message.delayed(Term.fromNow(publish.delayNanos(), clock));
            }
            batch.messages.add(message);
            places.put(firstNumber + i, new Place(batch, i, message));
        }
        batches.add(batch);
        overflow();
    }

    /** Their publisher was told that they are stored, from {@code offset} on. */
    void stored(long firstNumber, long offset) {
        Batch batch = placeOf(firstNumber).batch;
        if (!batch.isLater) {
            assertThat(offset).as("offsets follow the order of publishing").isGreaterThan(lastStoredOffset);
            lastStoredOffset = offset + batch.messages.size() - 1;
        }
        settleOffset(batch, offset);
        batch.messages.forEach(MessageModel::present);
    }

    /** Their publisher was told that they are not, after all. */
    void notStored(long firstNumber) {
        placeOf(firstNumber).batch.messages.forEach(MessageModel::gone);
    }

    // Transactions.

    /** Whether a transaction may be asked to end this lease: it is the last that was given, as far as is known. */
    boolean isClaimable(Message held) {
        MessageModel message = placeOf(held.number()).message;
        LeaseModel lease = message.lease();
        return message.presence() == Presence.PRESENT && lease != null && lease.token == held.token();
    }

    /** A transaction is to acknowledge the message {@code number}. */
    void claimed(long number) {
        leasesMayBeUnseen = true;
        placeOf(number).message.claimed();
    }

    /** It has, or was refused. */
    void claimEnded(long number, boolean isDone) {
        MessageModel message = placeOf(number).message;
        tick();
        if (isDone) {
            message.gone();
        } else {
            message.notClaimed();
        }
    }

    /** What is known of the message {@code number}; null where it may have gone for another reason. */
    @Nullable
    Boolean isThere(long number) {
        MessageModel message = placeOf(number).message;
        tick();
        if (message.presence() == Presence.PRESENT) {
            return true;
        }
        boolean wasNever = message.presence() == Presence.GONE && !message.mayGo() && !message.removalTried();
        return wasNever ? Boolean.FALSE : null;
    }

    /** Whether the message {@code number} is there for certain. */
    boolean isPresent(long number) {
        return placeOf(number).message.presence() == Presence.PRESENT;
    }

    /** Where the messages from {@code firstNumber} on are stored; {@link #UNPLACED} where that is not known. */
    long offsetOf(long firstNumber) {
        return placeOf(firstNumber).batch.offset;
    }

    /** They are, or were, stored from {@code offset} on. */
    void place(long firstNumber, long offset) {
        settleOffset(placeOf(firstNumber).batch, offset);
    }

    private void settleOffset(Batch batch, long offset) {
        if (batch.offset != UNPLACED) {
            assertThat(offset).as("offsets never change").isEqualTo(batch.offset);
            return;
        }
        batch.offset = offset;
        for (MessageModel each : batch.messages) {
            Long other = numberAt.put(offset + indexOf(batch, each), each.number);
            assertThat(other)
                    .as("the message that had offset %d before", offset)
                    .isNull();
        }
    }

    private static int indexOf(Batch batch, MessageModel message) {
        return (int) (message.number - batch.messages.get(0).number);
    }

    // Receiving.

    /** A receive ended without an answer: it may have been given messages that nobody saw. */
    void unanswered(boolean durable) {
        unseenDeliveriesMax++;
        leasesMayBeUnseen |= durable;
    }

    /**
     * A message was delivered under a lease of {@code leaseNanos} that was given at {@code earliestNanos} or later,
     * while {@code receivesUnderWay} others were not answered.
     */
    void delivered(Message delivered, long earliestNanos, long leaseNanos, boolean durable, long receivesUnderWay) {
        Place place = placeOf(delivered.number());
        ledger.token(delivered.token());
        see(place, delivered.offset());
        if (place.batch.group != 0) {
            checkGroup(place);
        }
        Term term = Term.since(earliestNanos, leaseNanos, clock);
        LeaseModel lease = new LeaseModel(delivered.token(), durable, term);
        place.message.delivered(delivered, lease, unseenDeliveriesMax + receivesUnderWay, clock);
        if (delivered.deliveryCount() == 1 && isInOrder) {
            checkOrder(delivered.token(), delivered.offset());
        }
    }

    /** Nobody works on another message of the group, nor is there one that comes before it. */
    private void checkGroup(Place delivered) {
        tick();
        for (Place each : places.values()) {
            if (each.batch.group != delivered.batch.group || each.message == delivered.message) {
                continue;
            }
            assertThat(each.message.isLeased(clock))
                    .as("message %d, of the group of %d, is leased", each.message.number, delivered.message.number)
                    .isFalse();
            boolean isBefore = each.offset() != UNPLACED && each.offset() < delivered.offset();
            boolean isNext = each.batch.isPrompt || each.message.wasDelivered();
            assertThat(isBefore && isNext && each.message.presence() == Presence.PRESENT)
                    .as("message %d is before %d in its group", each.message.number, delivered.message.number)
                    .isFalse();
        }
    }

    private void checkOrder(long token, long offset) {
        Map.Entry<Long, Long> before = firstDeliveries.lowerEntry(token);
        Map.Entry<Long, Long> behind = firstDeliveries.higherEntry(token);
        assertThat(before == null || before.getValue() < offset)
                .as("offset %d comes in its turn", offset)
                .isTrue();
        assertThat(behind == null || behind.getValue() > offset)
                .as("offset %d comes in its turn", offset)
                .isTrue();
        firstDeliveries.put(token, offset);
    }

    /** A message was seen at this offset, so its whole batch is stored, and follows it. */
    private void see(Place place, long offset) {
        settleOffset(place.batch, offset - place.index);
        assertThat(place.message.presence())
                .as("presence of a message that is seen")
                .isNotEqualTo(Presence.PENDING);
    }

    // Settling.

    /** The holder of {@code held} asked for {@code action}, and it was done or not; what is done has this stamp. */
    void settled(Message held, byte action, long argumentNanos, boolean done, long stamp) {
        MessageModel message = placeOf(held.number()).message;
        LeaseModel lease = message.lease();
        boolean isCurrent = lease != null && lease.token == held.token();
        if (isCurrent && lease.isRunning(clock)) {
            assertThat(done)
                    .as("a settlement of message %d under a lease that lives", held.number())
                    .isTrue();
        }
        // Of a message that is leased to somebody unseen only an older token can be known.
        if (!isCurrent || lease.isOver(clock)) {
            assertThat(done)
                    .as("a settlement of message %d under a lease that has ended", held.number())
                    .isFalse();
        }
        if (!done || lease == null) {
            return;
        }
        switch (action) {
            case Settlement.ACKNOWLEDGE -> {
                lease.end(stamp);
                message.gone(stamp);
            }
            case Settlement.RELEASE, Settlement.RETRY ->
                message.released(lease, Term.fromNow(argumentNanos, clock), stamp, clock);
            default -> lease.extend(Term.fromNow(argumentNanos, clock), stamp);
        }
    }

    /** Everything that nobody holds was removed. */
    void purged(boolean receivesAreUnderWay, long stamp) {
        for (Place each : places.values()) {
            LeaseModel lease = each.message.lease();
            if (each.message.presence() == Presence.GONE || (lease != null && lease.isRunning(clock))) {
                continue;
            }
            // Nobody can hold what is not stored yet.
            boolean mayBeHeld = each.message.presence() != Presence.PENDING
                    && (receivesAreUnderWay || leasesMayBeUnseen || (lease != null && !lease.wasGivenUp()));
            if (mayBeHeld) {
                each.message.maybeGone();
            } else {
                each.message.gone(stamp);
            }
        }
    }

    // Looking.

    /** What was known of the messages, by number, at the moment that a peek shows. */
    record Look(
            Set<Long> present, Set<Long> absent, Set<Long> leased, Set<Long> delayed, Map<Long, LeaseModel> leases) {}

    /** A peek at all of the queue begins. */
    Look look() {
        tick();
        Look look = new Look(new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashMap<>());
        places.forEach((number, place) -> {
            MessageModel message = place.message;
            switch (message.presence()) {
                case PRESENT -> look.present.add(number);
                case GONE -> look.absent.add(number);
                // What is being published may be there, and gone again, when its place is read.
                case PENDING, UNKNOWN -> {}
            }
            if (message.isLeased(clock)) {
                look.leased.add(number);
                look.leases.put(number, message.lease());
            }
            if (message.isDelayed(clock)) {
                look.delayed.add(number);
            }
        });
        return look;
    }

    /** A peek at all of the queue, which began with this look, saw this. */
    void peeked(Collection<Seen> seen, Look look) {
        tick();
        Set<Long> numbers = new HashSet<>();
        for (Seen each : seen) {
            numbers.add(each.number());
            see(placeOf(each.number()), each.offset());
            checkState(each, look);
        }
        Set<Long> missing = new HashSet<>(look.present);
        missing.removeAll(numbers);
        // What is being settled since may have been gone when its place was read.
        missing.removeIf(number -> placeOf(number).message.presence() == Presence.GONE
                || placeOf(number).message.removalTried());
        assertThat(missing).as("messages that are not there").isEmpty();
        numbers.retainAll(look.absent);
        assertThat(numbers).as("messages that are there again").isEmpty();
    }

    /**
     * A peek that has to read the index first shows each message as it was some time between its call and its answer.
     */
    private void checkState(Seen seen, Look look) {
        assertThat(seen.state()).isNotEqualTo(Peek.State.DAMAGED);
        MessageModel message = placeOf(seen.number()).message;
        if (look.leased.contains(seen.number())
                && message.lease() == look.leases.get(seen.number())
                && message.isLeased(clock)) {
            assertThat(seen.state()).as("state of a leased message").isEqualTo(Peek.State.LEASED);
        }
        if (look.delayed.contains(seen.number()) && message.isDelayed(clock)) {
            assertThat(seen.state()).as("state of a delayed message").isEqualTo(Peek.State.DELAYED);
        }
    }

    // A crash.

    /** The process has ended. */
    void died() {
        places.values().forEach(each -> each.message.died(clock));
        firstDeliveries.clear();
    }

    /** A process has started. */
    void started() {
        places.values().forEach(each -> each.message.restarted(clock));
    }

    /** A process has started, and all of the queue that is there was seen at once; that is how it is from now on. */
    void restarted(Collection<Seen> seen) {
        tick();
        Map<Long, Seen> byNumber = new HashMap<>();
        seen.forEach(each -> byNumber.put(each.number(), each));
        for (Batch batch : batches) {
            if (batch.isOpen()) {
                checkWholeOrNotThere(batch, byNumber);
            }
        }
        for (Seen each : seen) {
            settleOffset(placeOf(each.number()).batch, each.offset() - placeOf(each.number()).index);
        }
        for (Place each : places.values()) {
            if (each.message.presence() != Presence.GONE || byNumber.containsKey(each.message.number)) {
                Seen found = byNumber.get(each.message.number);
                each.message.found(found == null ? null : found.state(), leasesMayBeUnseen, clock);
            }
        }
        leasesMayBeUnseen &= places.values().stream()
                .anyMatch(each -> each.message.lease() == null
                        && byNumber.containsKey(each.message.number)
                        && byNumber.get(each.message.number).state() == Peek.State.LEASED);
    }

    private static void checkWholeOrNotThere(Batch batch, Map<Long, Seen> seen) {
        if (batch.messages.stream().noneMatch(each -> seen.containsKey(each.number))) {
            return;
        }
        for (MessageModel each : batch.messages) {
            assertThat(seen.containsKey(each.number) || each.removalTried())
                    .as("message %d of a batch of which others are there", each.number)
                    .isTrue();
        }
    }

    private void tick() {
        overflow();
        places.values().forEach(each -> each.message.tick(clock));
    }

    /**
     * The oldest may go from now on: those that have enough others behind them. Where messages do not come in the order
     * of their offsets, one that cannot be seen yet stays, and one behind it goes.
     */
    private void overflow() {
        if (length.overflow() != Overflow.DROP_OLDEST) {
            return;
        }
        long there = places.values().stream()
                .filter(each -> each.message.presence() != Presence.GONE)
                .count();
        long inTurn = isInOrder ? places.size() - length.messagesMax() : places.size();
        long left = there > length.messagesMax() ? inTurn : 0;
        for (Place each : places.values()) {
            if (left-- <= 0) {
                return;
            }
            each.message.overflows();
        }
    }

    /** When the last of all messages is due by the wall clock. */
    long lastDueMillis() {
        return places.values().stream()
                .mapToLong(each -> each.message.dueMillis())
                .max()
                .orElse(0);
    }

    /** The numbers of the messages that are there for certain. */
    Set<Long> present() {
        return look().present;
    }

    private Place placeOf(long number) {
        @Nullable Place place = places.get(number);
        assertThat(place).as("message %d was published to this queue", number).isNotNull();
        return place;
    }
}

package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.MessageModel.Presence;
import io.millrace.engine.PeekProbe.Seen;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.testkit.SimulatedClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of one queue may rely on (the guarantees of the design), as a plain model: told of everything that
 * they ask for, are answered and see, it fails where they see what must not be. It knows nothing of logs, files and
 * recovery; what only chance decides at a crash it leaves open until it is seen.
 */
final class QueueModel {
    static final long UNPLACED = -1;

    /** Messages that were published together: they are stored together, or none is. */
    static final class Batch {
        private final List<MessageModel> messages = new ArrayList<>();
        private long offset = UNPLACED;
        /** 0 for none. */
        private long group;
        /** Whether they are told to be stored later than those behind them. */
        private boolean isLater;
        /** Whether they may be delivered from the beginning. */
        private boolean isPrompt;

        /** Where they are stored from; {@link #UNPLACED} where that is not known. */
        long offset() {
            return offset;
        }

        /** Whether nobody knows if it was stored. */
        private boolean isOpen() {
            return offset == UNPLACED && messages.stream().anyMatch(each -> each.presence() == Presence.UNKNOWN);
        }
    }

    private record Place(Batch batch, int index, MessageModel message) {
        long offset() {
            return batch.offset == UNPLACED ? UNPLACED : batch.offset + index;
        }
    }

    /** A first delivery: of the message at an offset, to somebody who wanted such ones. */
    private record First(long number, long offset, LongPredicate wanted) {}

    private final ShardLedger ledger;
    private final SimulatedClock clock;
    private final Map<Long, Place> places = new LinkedHashMap<>();
    private final Map<Long, Long> numberAt = new HashMap<>();
    private final List<Batch> batches = new ArrayList<>();
    /** First deliveries of this life, by their tokens: the order of the leases is the order of the offsets. */
    private final TreeMap<Long, First> firstDeliveries = new TreeMap<>();

    private final LengthPolicy length;
    private final DeadLetterPolicy deadLetters;
    /** How many receives are asked for and not answered. */
    private final LongSupplier receivesUnderWay;

    private long lastStoredOffset = -1;
    private long unseenDeliveriesMax;
    private boolean leasesMayBeUnseen;
    /** Whether all messages are delivered in the order of their offsets. */
    private boolean isInOrder = true;

    QueueModel(
            ShardLedger ledger,
            SimulatedClock clock,
            LengthPolicy length,
            DeadLetterPolicy deadLetters,
            LongSupplier receivesUnderWay) {
        this.length = length;
        this.deadLetters = deadLetters;
        this.receivesUnderWay = receivesUnderWay;
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
            long number = firstNumber + i;
            DeathModel death = new DeathModel(number, ledger, deadLetters, length);
            MessageModel message = new MessageModel(number, ledger, publish.dueMillis(), publish.expiryMillis(), death);
            if (publish.delayNanos() > 0) {
                message.delayed(Term.fromNow(publish.delayNanos(), clock));
            }
            batch.messages.add(message);
            // Behind all others, also where it was here before.
            Place before = places.remove(number);
            assertThat(before == null || before.message.presence() == Presence.GONE)
                    .as("message %d is published where it is already", number)
                    .isTrue();
            places.put(number, new Place(batch, i, message));
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

    /** A transaction is to remove the message {@code number}, which nobody holds. */
    void removing(long number) {
        placeOf(number).message.beginRemoval();
    }

    /** Whether a transaction is to remove the message {@code number}, and has not ended. */
    boolean isBeingRemoved(long number) {
        return placeOf(number).message.isBeingRemoved();
    }

    /** It has, or was refused. */
    void removalEnded(long number, boolean isDone) {
        MessageModel message = placeOf(number).message;
        tick();
        if (isDone) {
            message.removed(clock);
        } else {
            message.notRemoved();
        }
    }

    /** The message {@code number} has gone; nobody was told before. */
    void gone(long number) {
        placeOf(number).message.gone();
    }

    /**
     * Whether the message {@code number}, which a transaction was to remove, has gone; null where it may have gone for
     * another reason.
     */
    @Nullable
    Boolean isRemoved(long number) {
        MessageModel message = placeOf(number).message;
        if (message.presence() == Presence.PRESENT) {
            return false;
        }
        return message.isClaimDone() ? Boolean.TRUE : null;
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

    /** Whether the message {@code number} may have to wait for others of its group. */
    boolean isGrouped(long number) {
        return placeOf(number).batch.group != 0;
    }

    /** The batch that the message {@code number} was published in last. */
    Batch batchOf(long number) {
        return placeOf(number).batch;
    }

    /** It is stored, or was, from {@code offset} on. */
    void place(Batch batch, long offset) {
        settleOffset(batch, offset);
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
     * A message was delivered under a lease of {@code leaseNanos} that was given at {@code earliestNanos} or later, to
     * somebody who wants only what is {@code wanted}.
     */
    void delivered(Message delivered, long earliestNanos, long leaseNanos, boolean durable, LongPredicate wanted) {
        assertThat(wanted.test(delivered.number()))
                .as("message %d is wanted by whom it is delivered to", delivered.number())
                .isTrue();
        Place place = placeOf(delivered.number());
        ledger.token(delivered.token());
        see(place, delivered.offset());
        if (place.batch.group != 0) {
            checkGroup(place);
        }
        Term term = Term.since(earliestNanos, leaseNanos, clock);
        LeaseModel lease = new LeaseModel(delivered.token(), durable, term);
        place.message.delivered(delivered, lease, earliestNanos, unseenDeliveries(), clock);
        if (delivered.deliveryCount() == 1 && isInOrder) {
            checkOrder(delivered.token(), new First(delivered.number(), delivered.offset(), wanted));
        }
    }

    /** How often a message may at most have been under way to somebody who never got it. */
    private long unseenDeliveries() {
        return unseenDeliveriesMax + receivesUnderWay.getAsLong();
    }

    /** Nothing happens any more, and somebody waits for messages that are {@code wanted}: then there is none. */
    void checkNothingIsThereFor(LongPredicate wanted) {
        if (leasesMayBeUnseen) {
            return;
        }
        tick();
        for (Place each : places.values()) {
            // Of a group it may be that it is not its turn.
            boolean isFree = each.batch.group == 0 && each.message.isFree(clock);
            assertThat(isFree && wanted.test(each.message.number))
                    .as("message %d, which somebody waits for, is free", each.message.number)
                    .isFalse();
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
            boolean isThere = each.message.presence() == Presence.PRESENT && !each.message.death.isPossible();
            assertThat(isBefore && isNext && isThere)
                    .as("message %d is before %d in its group", each.message.number, delivered.message.number)
                    .isFalse();
        }
    }

    /** Nobody has passed over a message that it wanted. */
    private void checkOrder(long token, First delivered) {
        firstDeliveries.headMap(token).values().forEach(before -> checkOrder(before, delivered));
        firstDeliveries.tailMap(token).values().forEach(behind -> checkOrder(delivered, behind));
        firstDeliveries.put(token, delivered);
    }

    private static void checkOrder(First one, First next) {
        assertThat(one.offset > next.offset && one.wanted.test(next.number))
                .as("message %d is delivered before %d, which is before it", one.number, next.number)
                .isFalse();
    }

    /** A message was seen at this offset, so its whole batch is stored, and follows it. */
    private void see(Place place, long offset) {
        settleOffset(place.batch, offset - place.index);
        assertThat(place.message.presence())
                .as("presence of a message that is seen")
                .isNotEqualTo(Presence.PENDING);
    }

    // Settling.

    /**
     * The holder of {@code held} asked for {@code action}, saying {@code text}, and it was done or not; what is done
     * has this stamp.
     */
    void settled(Message held, byte action, long argumentNanos, @Nullable String text, boolean done, long stamp) {
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
                message.released(lease, held.deliveryCount(), Term.fromNow(argumentNanos, clock), text, stamp, clock);
            case Settlement.REJECT -> message.rejected(lease, held.deliveryCount(), text, stamp);
            default -> lease.extend(Term.fromNow(argumentNanos, clock), stamp);
        }
    }

    /** The message at {@code offset} is handed over as {@code dead}, to be moved. */
    void handed(long number, long offset, DeathModel.Dead dead) {
        tick();
        Place place = placeOf(number);
        see(place, offset);
        place.message.handed(dead, unseenDeliveries(), clock);
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

    /** What was known of the messages at the moment that a peek shows. */
    record Look(
            Set<MessageModel> present,
            Set<MessageModel> absent,
            Map<MessageModel, LeaseModel> leased,
            Set<MessageModel> delayed,
            Set<MessageModel> dead) {
        Look() {
            this(new LinkedHashSet<>(), new HashSet<>(), new HashMap<>(), new HashSet<>(), new HashSet<>());
        }
    }

    /** A peek at all of the queue begins. */
    Look look() {
        tick();
        Look look = new Look();
        for (Place each : places.values()) {
            MessageModel message = each.message;
            switch (message.presence()) {
                case PRESENT -> look.present.add(message);
                case GONE -> look.absent.add(message);
                // What is being published may be there, and gone again, when its place is read.
                case PENDING, UNKNOWN -> {}
            }
            if (message.isLeased(clock)) {
                look.leased.put(message, message.lease());
            }
            if (message.isDelayed(clock)) {
                look.delayed.add(message);
            }
            if (message.death.isCertain()) {
                look.dead.add(message);
            }
        }
        return look;
    }

    /** A peek at all of the queue, which began with this look, saw this. */
    void peeked(Collection<Seen> seen, Look look) {
        tick();
        Set<MessageModel> there = new HashSet<>();
        for (Seen each : seen) {
            Place place = placeOf(each.number());
            there.add(place.message);
            see(place, each.offset());
            checkState(place.message, each.state(), look);
        }
        for (MessageModel each : look.present) {
            // What is being settled since may have been gone when its place was read.
            boolean isLeft = each.presence() != Presence.GONE && !each.removalTried();
            assertThat(isLeft && !there.contains(each))
                    .as("message %d is not there", each.number)
                    .isFalse();
        }
        for (MessageModel each : look.absent) {
            assertThat(there).as("message %d is there again", each.number).doesNotContain(each);
        }
    }

    /**
     * A peek that has to read the index first shows each message as it was some time between its call and its answer.
     */
    private void checkState(MessageModel message, Peek.State state, Look look) {
        assertThat(state).isNotEqualTo(Peek.State.DAMAGED);
        if (state == Peek.State.DEAD) {
            message.death.isDead();
        }
        if (look.dead.contains(message)) {
            assertThat(state).as("state of a dead message").isEqualTo(Peek.State.DEAD);
        }
        LeaseModel lease = look.leased.get(message);
        if (lease != null && message.lease() == lease && message.isLeased(clock)) {
            assertThat(state).as("state of a leased message").isEqualTo(Peek.State.LEASED);
        }
        if (state != Peek.State.DEAD && look.delayed.contains(message) && message.isDelayed(clock)) {
            assertThat(state).as("state of a delayed message").isEqualTo(Peek.State.DELAYED);
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
        long unseen = unseenDeliveries();
        for (Place each : places.values()) {
            each.message.tick(clock);
            each.message.mayHaveHad(unseen);
        }
    }

    /**
     * The oldest may go from now on: those that have enough others behind them. Where messages do not come in the order
     * of their offsets, one that cannot be seen yet stays, and one behind it goes.
     */
    private void overflow() {
        if (length.isRejecting()) {
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

    /** Whether the message {@code number} is dead, and waits to be moved. */
    boolean isDead(long number) {
        return placeOf(number).message.death.isCertain();
    }

    /** The numbers of the messages that are there for certain. */
    Set<Long> present() {
        return look().present.stream().map(each -> each.number).collect(Collectors.toCollection(HashSet::new));
    }

    private Place placeOf(long number) {
        @Nullable Place place = places.get(number);
        assertThat(place).as("message %d was published to this queue", number).isNotNull();
        return place;
    }
}

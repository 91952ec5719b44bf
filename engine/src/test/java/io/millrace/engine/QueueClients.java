package io.millrace.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.QueueModel.Look;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.testkit.SimulatedClock;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one queue: they ask, remember what they were told and what they hold, and have {@link QueueModel}
 * judge it. Every command is answered at most once, and is told to the model in the order in which the shard was asked;
 * publishes, which may have to wait, in the order in which they were appended.
 */
final class QueueClients {
    private static final int HANDLES_MAX = 200;

    final long logId;
    final int shard;
    /** What becomes of messages that the queue does not deliver any more. */
    final DeadLetterPolicy deadLetters;
    /** Where they go; null where they go nowhere. */
    final @Nullable QueueClients target;

    private final QueueModel model;
    private final DeduplicationModel keys;
    private final ShardLedger ledger;
    private final SimulatedClock clock;
    private final SimulationTally tally;
    /** Leases that somebody holds, or held once, the newest last. */
    private final List<Message> handles = new ArrayList<>();

    private final Set<Object> unanswered = new LinkedHashSet<>();
    /** Receives whose clients have gone; they must not be answered. */
    private final List<CheckedReceive> cancelled = new ArrayList<>();

    /** Those of a queue that has no place for dead letters. */
    QueueClients(long logId, int shard, ShardLedger ledger, SimulatedClock clock, SimulationTally tally) {
        this(logId, shard, ledger, clock, tally, DeadLetterPolicy.NONE, null);
    }

    /** Those of a queue whose dead letters go to {@code target}. */
    QueueClients(
            long logId,
            int shard,
            ShardLedger ledger,
            SimulatedClock clock,
            SimulationTally tally,
            DeadLetterPolicy deadLetters,
            @Nullable QueueClients target) {
        this.logId = logId;
        this.shard = shard;
        this.deadLetters = deadLetters;
        this.target = target;
        this.ledger = ledger;
        this.clock = clock;
        this.tally = tally;
        this.model = new QueueModel(ledger, clock, SimulatedProcess.lengthPolicy(logId), deadLetters, () -> receives()
                .count());
        this.keys = new DeduplicationModel(model, ledger, clock);
    }

    QueueModel model() {
        return model;
    }

    /** What is known of the log of their shard. */
    ShardLedger ledger() {
        return ledger;
    }

    /** A process has started. */
    void started() {
        model.started();
        keys.started();
    }

    /** Commands that were not answered yet. */
    Set<Object> unanswered() {
        return unanswered;
    }

    private Stream<CheckedReceive> receives() {
        return unanswered.stream().filter(CheckedReceive.class::isInstance).map(CheckedReceive.class::cast);
    }

    boolean publishesWait() {
        return unanswered.stream().anyMatch(CheckedPublish.class::isInstance);
    }

    // Commands.

    void publish(
            Shard target, long firstNumber, int count, int messageBytes, Consumer<? super PublishProbe> attributes) {
        CheckedPublish publish = new CheckedPublish(firstNumber, count, messageBytes);
        attributes.accept(publish);
        publish.over = keys.over(publish);
        unanswered.add(publish);
        target.publish(logId, publish);
    }

    /** Adds a publish to {@code shared}. */
    void publishIn(
            SharedPublish shared,
            long firstNumber,
            int count,
            int messageBytes,
            Consumer<? super PublishProbe> attributes) {
        CheckedPublish publish = new CheckedPublish(firstNumber, count, messageBytes);
        attributes.accept(publish);
        publish.over = keys.over(publish);
        unanswered.add(publish);
        shared.add(logId, publish);
    }

    /** Adds a publish to {@code transaction}, which has parts in several shards if {@code isLater}. */
    CheckedPublish publishIn(
            Transaction transaction,
            Shard target,
            boolean isLater,
            long firstNumber,
            Consumer<? super PublishProbe> attributes) {
        CheckedPublish publish = new CheckedPublish(firstNumber, 1, PublishProbe.MESSAGE_BYTES_MIN);
        attributes.accept(publish);
        publish.isInTransaction = true;
        publish.isLater = isLater;
        publish.over = keys.over(publish);
        unanswered.add(publish);
        transaction.publish(target, logId, publish);
        return publish;
    }

    /**
     * Adds a publish of the message {@code number}, of {@code messageBytes} bytes, which is moved here, to {@code
     * transaction}, which has parts in several shards if {@code isLater}.
     */
    CheckedPublish moveHere(
            Transaction transaction,
            Shard target,
            boolean isLater,
            long number,
            int messageBytes,
            Consumer<? super PublishProbe> attributes) {
        CheckedPublish publish = new CheckedPublish(number, 1, messageBytes);
        attributes.accept(publish);
        publish.isMoved = true;
        publish.isInTransaction = true;
        publish.isLater = isLater;
        unanswered.add(publish);
        transaction.publish(target, logId, publish);
        return publish;
    }

    /** Takes a lease out that was given at some time, to be ended by a transaction; null where there is none. */
    @Nullable
    Message claim(SplittableRandom random) {
        Message held = anyHandle(random);
        if (held == null || !model.isClaimable(held)) {
            return null;
        }
        handles.removeIf(each -> each.number() == held.number());
        model.claimed(held.number());
        return held;
    }

    CheckedReceive receive(
            Shard target, int messagesMax, int bytesMax, long leaseNanos, long waitNanos, boolean durable) {
        return receive(target, messagesMax, bytesMax, leaseNanos, waitNanos, durable, null);
    }

    /** The same, of what {@code filter} wants; null for anything. */
    CheckedReceive receive(
            Shard target,
            int messagesMax,
            int bytesMax,
            long leaseNanos,
            long waitNanos,
            boolean durable,
            @Nullable NumberFilter filter) {
        CheckedReceive receive = new CheckedReceive(messagesMax, bytesMax, leaseNanos, waitNanos, durable, filter);
        unanswered.add(receive);
        target.receive(logId, receive);
        return receive;
    }

    /** Nothing is under way, and consumers may hold {@code leasesMax} messages: nobody waits for what is there. */
    void checkWaiting(Shard target, int leasesMax) {
        QueueStats stats = target.stats(logId);
        if (stats != null && stats.leased() < leasesMax) {
            receives().forEach(each -> model.checkNothingIsThereFor(each.wanted));
        }
    }

    /** Nothing is under way: no more wait in the queue than may. */
    void checkLength(Shard target) {
        LengthPolicy length = SimulatedProcess.lengthPolicy(logId);
        QueueStats stats = target.stats(logId);
        if (stats != null && !length.isRejecting()) {
            assertThat(stats.ready() + stats.delayed())
                    .as("messages that wait in queue %d", logId)
                    .isLessThanOrEqualTo(length.messagesMax());
            tally.overflowed += stats.counters().overflowed();
        }
    }

    /** Has the client of a receive that waits, or is under way, go away. */
    void cancelOne(Shard target, SplittableRandom random) {
        List<CheckedReceive> receives = receives().toList();
        if (!receives.isEmpty()) {
            CheckedReceive receive = receives.get(random.nextInt(receives.size()));
            target.cancel(receive);
            unanswered.remove(receive);
            cancelled.add(receive);
            model.unanswered(receive.isDurable());
        }
    }

    /** Settles leases, some of which may have ended long ago. */
    void settleSome(Shard target, SplittableRandom random, Consumer<CheckedSettlement> fill) {
        CheckedSettlement settlement = new CheckedSettlement();
        fill.accept(settlement);
        settle(target, settlement);
    }

    /** A lease that was given at some time, rather a new one; null where there was none. */
    @Nullable
    Message anyHandle(SplittableRandom random) {
        if (handles.isEmpty()) {
            return null;
        }
        int newest = random.nextInt(3) == 0 ? handles.size() : Math.min(handles.size(), 8);
        return handles.get(handles.size() - 1 - random.nextInt(newest));
    }

    void acknowledge(Shard target, List<Message> messages) {
        CheckedSettlement settlement = new CheckedSettlement();
        messages.forEach(each -> settlement.take(each, Settlement.ACKNOWLEDGE, 0));
        settle(target, settlement);
    }

    private void settle(Shard target, CheckedSettlement settlement) {
        unanswered.add(settlement);
        target.settle(logId, settlement);
        if (settlement.refusal() == null) {
            settlement.tellModel();
        }
    }

    void purge(Shard target) {
        CheckedPurge purge = new CheckedPurge();
        unanswered.add(purge);
        boolean underWay = !cancelled.isEmpty() || receives().findAny().isPresent();
        target.purge(logId, purge);
        if (purge.refusal() == null) {
            model.purged(underWay, purge.stamp);
        }
    }

    void peek(Shard target) {
        CheckedPeek peek = new CheckedPeek(model.look());
        unanswered.add(peek);
        target.peek(logId, peek);
    }

    /** Looks at everything, first thing in a life; {@code andThen} is run when that was seen. */
    void inspect(Shard target) {
        CheckedPeek peek = new CheckedPeek(null);
        unanswered.add(peek);
        target.peek(logId, peek);
    }

    /** The process has ended: nobody is answered any more. */
    void died() {
        receives().forEach(each -> model.unanswered(each.isDurable()));
        unanswered.clear();
        cancelled.clear();
        model.died();
        keys.died();
    }

    private void answered(Object command) {
        assertThat(unanswered.remove(command)).as("answered once").isTrue();
    }

    // What the clients are told.

    final class CheckedPublish extends PublishProbe {
        private long stamp;
        private boolean appended;
        private boolean isInTransaction;
        private boolean isLater;
        private boolean isMoved;
        private Set<Object> over = Set.of();

        CheckedPublish(long firstNumber, int count, int messageBytes) {
            super(firstNumber, count, messageBytes);
        }

        @Override
        public void writeBody(ByteBuf target) {
            noteAppended();
            super.writeBody(target);
        }

        @Override
        long firstNumber() {
            return PublishProbe.numberIn(logId, super.firstNumber());
        }

        @Override
        protected void onBodyShared() {
            noteAppended();
            tally.shared++;
        }

        private void noteAppended() {
            appended = true;
            stamp = ledger.stamp();
            model.publishing(this, isLater);
            keys.appended(this, stamp);
        }

        @Override
        public boolean mayOverfill() {
            return isMoved;
        }

        /** Whether it is in the log, or may be. */
        boolean isAppended() {
            return appended;
        }

        QueueClients queue() {
            return QueueClients.this;
        }

        @Override
        protected void onStored(long offset) {
            answered(this);
            // Where another shard has decided that it is stored, storage may fail before it is told.
            if (!isLater || !ledger.hasFailed()) {
                ledger.confirmed(stamp);
            }
            model.stored(firstNumber(), offset);
            tally.stored += count();
            tally.moved += isMoved ? 1 : 0;
        }

        @Override
        protected void onDuplicate(long offset) {
            answered(this);
            assertThat(appended).as("a duplicate is stored").isFalse();
            keys.answered(this, offset, over);
            tally.duplicates++;
        }

        @Override
        protected void onRefused(Refusal reason) {
            answered(this);
            tally.refused(reason);
            // What had been taken when storage failed may be there after a restart; nothing else may.
            if (appended && reason != Refusal.STORAGE_FAILED) {
                assertThat(isInTransaction).isTrue();
                model.notStored(firstNumber());
                keys.undone(this);
            }
        }
    }

    final class CheckedReceive extends ReceiveProbe {
        private final long stamp = ledger.stamp();
        private final long earliestNanos = clock.elapsedNanos();
        private final LongPredicate wanted;

        CheckedReceive(
                int messagesMax,
                int bytesMax,
                long leaseNanos,
                long waitNanos,
                boolean durable,
                @Nullable NumberFilter filter) {
            super(messagesMax, bytesMax, leaseNanos, waitNanos, durable);
            wanted = filter == null ? any -> true : filter::wants;
            if (filter != null) {
                of(filter);
            }
        }

        @Override
        protected void onDelivered(Deliveries delivered) {
            answered(this);
            super.onDelivered(delivered);
            if (clock.elapsedNanos() - earliestNanos >= leaseNanos()) {
                // Leases that ran out on the way were given to nobody.
                model.unanswered(isDurable());
            }
            assertThat(messages().size()).isLessThanOrEqualTo(messagesMax());
            // Where storage has failed meanwhile, the leases were synced before and only the messages took longer.
            if (isDurable() && !messages().isEmpty() && !ledger.hasFailed()) {
                ledger.confirmed(stamp);
            }
            for (Message each : messages()) {
                model.delivered(each, earliestNanos, leaseNanos(), isDurable(), wanted);
                handles.add(each);
                tally.delivered(each.deliveryCount());
            }
            tally.selected += filter() == null ? 0 : messages().size();
            if (handles.size() > HANDLES_MAX) {
                handles.subList(0, handles.size() - HANDLES_MAX).clear();
            }
        }

        @Override
        protected void onRefused(Refusal reason) {
            answered(this);
            super.onRefused(reason);
            if (reason == Refusal.STORAGE_FAILED) {
                model.unanswered(isDurable());
            }
        }
    }

    final class CheckedSettlement extends SettlementProbe {
        private final long stamp = ledger.stamp();
        private final List<Message> taken = new ArrayList<>();
        private final List<@Nullable String> texts = new ArrayList<>();
        private final Set<Long> offsets = new HashSet<>();

        /** Adds what is to be done with the lease of {@code message}, unless something is already. */
        void take(Message message, byte action, long argumentNanos) {
            take(message, action, argumentNanos, null);
        }

        /** The same, and says {@code text} of the message. */
        void take(Message message, byte action, long argumentNanos, @Nullable String text) {
            if (offsets.add(message.offset())) {
                taken.add(message);
                texts.add(text);
                and(message, action, argumentNanos);
            }
        }

        @Override
        protected byte @Nullable [] text(int index) {
            String text = texts.get(index);
            return text == null ? null : text.getBytes(UTF_8);
        }

        /** What is done is done at once; only that it is on stable storage is told later. */
        private void tellModel() {
            for (int i = 0; i < size(); i++) {
                model.settled(taken.get(i), action(i), delayNanos(i), texts.get(i), isDone(i), stamp);
            }
        }

        /** The time that goes with the action; the queue says it where the consumer does not. */
        private long delayNanos(int index) {
            if (action(index) != RETRY) {
                return argumentNanos(index);
            }
            Message held = taken.get(index);
            return TimeUnit.MILLISECONDS.toNanos(
                    SimulatedProcess.retryPolicy(logId).delayMillis(held.deliveryCount(), held.token()));
        }

        @Override
        protected void onSettled() {
            answered(this);
            super.onSettled();
            for (int i = 0; i < size(); i++) {
                if (isDone(i)) {
                    ledger.confirmed(stamp);
                    tally.settled(action(i));
                } else {
                    tally.stale++;
                }
            }
        }

        @Override
        protected void onRefused(Refusal reason) {
            answered(this);
            super.onRefused(reason);
        }
    }

    private final class CheckedPurge extends PurgeProbe {
        private final long stamp = ledger.stamp();

        @Override
        protected void onPurged(long messages) {
            answered(this);
            super.onPurged(messages);
            ledger.confirmed(stamp);
            tally.purges++;
        }

        @Override
        protected void onRefused(Refusal reason) {
            answered(this);
            super.onRefused(reason);
        }
    }

    private final class CheckedPeek extends PeekProbe {
        /** What was known when it began; null for the first one of a life. */
        private final @Nullable Look look;

        CheckedPeek(@Nullable Look look) {
            super(0, Integer.MAX_VALUE, Integer.MAX_VALUE, null);
            this.look = look;
        }

        @Override
        protected void onPeeked() {
            answered(this);
            super.onPeeked();
            tally.peeks++;
            if (look == null) {
                model.restarted(seen());
            } else {
                model.peeked(seen(), look);
            }
        }

        @Override
        protected void onRefused(Refusal reason) {
            answered(this);
            super.onRefused(reason);
        }
    }
}

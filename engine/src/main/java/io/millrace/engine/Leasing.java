package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.read.IndexLoader;
import io.millrace.engine.read.ShardReads;
import io.millrace.engine.record.RecordWriter;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.engine.time.TimerWheel;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.EntryIndex;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Hands messages out, and has them taken back when their lease runs out. Part of a shard; the loop's. */
final class Leasing implements TimerWheel.Expiry {
    /** A receive that would not wait does so this long at most while it is found out what there is for it. */
    private static final long LOADING_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private final Shard shard;
    private final LeaseTable leases;
    private final NextBlocks nextBlocks;
    private final Returning returns;
    private final Consumers consumers;
    private final Selecting selecting;
    private final Granting granting;
    private final Waiters<Receive> waiting = new Waiters<>(Receive::priority);

    Leasing(Shard shard, ShardLog log, ShardReads reads, RecordWriter writer) {
        this.shard = shard;
        this.leases = shard.leases();
        this.nextBlocks =
                new NextBlocks(shard, new IndexLoader(reads, shard.queues().indexCache()));
        this.returns = new Returning(shard);
        this.consumers = new Consumers(shard, this, returns);
        this.selecting = new Selecting(shard, log, reads, this::goOn);
        this.granting = new Granting(shard, log, reads, writer, selecting);
    }

    Consumers consumers() {
        return consumers;
    }

    void receive(Queue queue, Receive receive) {
        receive.queue = queue;
        receive.end = queue.log().readableOffset();
        receive.deadlineNanos = shard.clock().nanoTime() + receive.waitNanos();
        if (receive.consumerNumber != Receive.NOBODY) {
            consumers.identify(queue, receive);
        }
        serveOrAwait(queue, receive);
    }

    /** Serves {@code receive} from what is there, or has it wait for what it has left of its time. */
    void serveOrAwait(Queue queue, Receive receive) {
        // Those who wait are first, but what they leave is there for others at once.
        serveWaiting(queue);
        Refusal refusal = consumers.refusal(queue, receive);
        boolean mayHave = refusal == null && consumers.mayHave(queue, receive);
        if (refusal != null) {
            refuse(receive, refusal);
        } else if (queue.subscription().leased() >= shard.limits().leasesPerQueueMax()) {
            refuse(receive, Refusal.TOO_MANY_LEASES);
        } else if (mayHave && !isBehindOthers(queue, receive) && isNextKnown(queue, receive)) {
            grant(queue, receive);
        } else if (receive.deadlineNanos - shard.clock().nanoTime() > 0) {
            await(queue, receive, receive.deadlineNanos);
        } else if (mayHave && isSearching(queue, receive)) {
            // There are messages; it is told when they can be seen, though it did not want to wait.
            await(queue, receive, shard.clock().nanoTime() + LOADING_NANOS_MAX);
        } else {
            answer(receive, granting.nothing());
        }
    }

    private void await(Queue queue, Receive receive, long untilNanos) {
        if (receive.consumer == null || consumers.await(receive.consumer, receive)) {
            lineUp(queue, receive);
        }
        receive.slot = leases.await(receive, untilNanos);
        shard.queues().wake(queue);
    }

    private void lineUp(Queue queue, Receive receive) {
        waiting.add(queue, receive);
        selecting.join(receive);
    }

    private void leaveLine(Queue queue, Receive receive) {
        if (waiting.remove(queue, receive)) {
            selecting.leave(receive);
        }
    }

    /** Has {@code change} begin {@code queue} anew; those who wait look for its messages from the beginning then. */
    void beginAnew(Queue queue, Runnable change) {
        List<Receive> all = waiting.all(queue);
        all.forEach(each -> leaveLine(queue, each));
        selecting.forget(queue);
        change.run();
        all.forEach(each -> lineUp(queue, each));
    }

    /** Whether others wait for the messages that {@code receive} wants. */
    private boolean isBehindOthers(Queue queue, Receive receive) {
        return receive.filter() == null
                ? waiting.count(queue) > selecting.waiting(queue)
                : selecting.isAwaited(receive);
    }

    /** Whether it is being found out what there is for {@code receive}. */
    private boolean isSearching(Queue queue, Receive receive) {
        return Sifting.isUnderWay(queue, receive.end)
                || (receive.filter() == null ? queue.isLoading() : selecting.isSearching(receive));
    }

    void serveWaiting(Queue queue) {
        if (selecting.waiting(queue) > 0) {
            serveEach(queue);
            return;
        }
        Receive next = waiting.first(queue);
        while (next != null && mayServe(queue, next) && isNextKnown(queue, next)) {
            endWait(queue, next);
            grant(queue, next);
            next = waiting.first(queue);
        }
    }

    /** Some want only some messages: whoever wants none that is there keeps nobody behind it waiting. */
    private void serveEach(Queue queue) {
        for (Receive each : waiting.all(queue)) {
            // Whoever is answered may call in again.
            if (waiting.contains(queue, each) && mayServe(queue, each) && isNextKnown(queue, each)) {
                endWait(queue, each);
                grant(queue, each);
            } else {
                endIfOver(queue, each);
            }
        }
    }

    private boolean mayServe(Queue queue, Receive receive) {
        return queue.subscription().leased() < shard.limits().leasesPerQueueMax() && consumers.mayHave(queue, receive);
    }

    private void grant(Queue queue, Receive receive) {
        if (!receive.takes()) {
            receive.cancelled = true;
            return;
        }
        granting.grant(queue, receive, () -> deliverIfComplete(receive));
        deliverIfComplete(receive);
    }

    /** Ends a wait that was to be over already, if nothing is found out any more that would be of use. */
    private void endIfOver(Queue queue, Receive receive) {
        boolean isOver = receive.deadlineNanos - shard.clock().nanoTime() <= 0;
        boolean isHopeful = isSearching(queue, receive) && mayServe(queue, receive);
        if (isOver && waiting.contains(queue, receive) && !isHopeful) {
            endWait(queue, receive);
            answer(receive, granting.nothing());
        }
    }

    /** How many wait for messages of {@code queue}. */
    int waiting(Queue queue) {
        return waiting.count(queue) + consumers.waitingForTurn(queue).size();
    }

    /**
     * Whether there is a message for {@code receive} whose entry can be found now; has it looked for otherwise, with
     * others that it asks for.
     */
    private boolean isNextKnown(Queue queue, Receive receive) {
        if (receive.filter() != null) {
            return selecting.next(receive) >= 0;
        }
        IndividualSubscription subscription = queue.subscription();
        EntryIndex index = queue.log().entries();
        for (int ended = 0; !queue.isLoading(); ) {
            long offset = subscription.next(queue.log().readableOffset());
            if (offset == IndividualSubscription.LOADING) {
                queue.setLoading(true);
                return false;
            }
            if (offset < 0) {
                return false;
            }
            if (isExhausted(queue, offset)) {
                subscription.take(offset);
                shard.parts().dying().endTaken(queue, offset);
                ended++;
                if (ended == Dying.TURN_DEATHS) {
                    // There may be any number of them: others have the loop in between.
                    queue.setLoading(true);
                    shard.loop().execute(() -> {
                        onLoaded(queue);
                        shard.touch();
                    });
                }
                continue;
            }
            int found = index.find(offset);
            if (found == EntryIndex.FOUND || found == EntryIndex.UNLOADED) {
                boolean hasMissed = found == EntryIndex.UNLOADED;
                queue.setLoading(nextBlocks.load(queue, receive, hasMissed, () -> onLoaded(queue)));
                if (!queue.isLoading()) {
                    return true;
                }
            } else {
                Check.that(
                        found == EntryIndex.DAMAGED,
                        "a message has an entry: log %d, offset %d",
                        queue.log().id(),
                        offset);
                subscription.take(offset);
                subscription.damageLeased(offset);
                shard.onDamage(queue, offset, new CorruptEntryException("the index", "the block with it is damaged"));
            }
        }
        return false;
    }

    /** Whether the message at {@code offset} has had its deliveries, of which not all were known when it came back. */
    private boolean isExhausted(Queue queue, long offset) {
        return shard.parts()
                .dying()
                .isExhausted(queue, queue.subscription().history().count(offset));
    }

    /** What was read for {@code queue} is there, or was tried to be read: those who wait are looked after. */
    void onLoaded(Queue queue) {
        queue.setLoading(false);
        goOn(queue);
    }

    /** Looks after those who wait: there may be something for them, or nothing any more that is worth a wait. */
    void goOn(Queue queue) {
        if (queue.isDropped() || shard.isRefusing()) {
            return; // those who waited were told
        }
        serveWaiting(queue);
        waiting.all(queue).forEach(each -> endIfOver(queue, each));
    }

    void refuseWaiting(Queue queue, Refusal reason) {
        for (Receive next = waiting.first(queue); next != null; next = waiting.first(queue)) {
            endWait(queue, next);
            refuse(next, reason);
        }
        for (Receive each : consumers.waitingForTurn(queue)) {
            endWait(queue, each);
            refuse(each, reason);
        }
        waiting.forget(queue);
        selecting.forget(queue);
    }

    // What becomes of those who wait and of their leases when consumers come and go.

    /** The receives of {@code consumer} wait in the line of {@code queue} from now on, or for its turn. */
    void onTurnChanged(Queue queue, QueueConsumer consumer) {
        for (Receive each : consumer.waiting) {
            if (consumer.isServed) {
                lineUp(queue, each);
            } else {
                leaveLine(queue, each);
                // It may have waited longer than it wanted, for what is being read.
                leases.reschedule(each.slot, each.deadlineNanos);
            }
        }
    }

    /** Refuses those who wait for messages of {@code queue} and are not attached to it. */
    void refuseOthers(Queue queue, Refusal reason) {
        List<Receive> others = waiting.all(queue).stream()
                .filter(each -> each.consumer == null)
                .toList();
        endWaits(queue, others);
        refuse(others, reason);
    }

    void endWaits(Queue queue, List<Receive> receives) {
        receives.forEach(each -> endWait(queue, each));
    }

    void refuse(List<Receive> receives, Refusal reason) {
        receives.forEach(each -> refuse(each, reason));
    }

    void cancel(Receive receive) {
        receive.cancelled = true;
        Queue queue = receive.queue;
        if (queue != null && receive.slot >= 0) {
            endWait(queue, receive);
        }
    }

    @Override
    public void onExpiry(int slot) {
        byte state = leases.state(slot);
        if (state == LeaseTable.WAITING) {
            Receive receive = (Receive) leases.owner(slot);
            endWait(Check.notNull(receive.queue, "a waiting receive has a queue"), receive);
            answer(receive, granting.nothing());
            return;
        }
        if (state == LeaseTable.ALARM) {
            ((Runnable) leases.owner(slot)).run();
            return;
        }
        Queue queue = (Queue) leases.owner(slot);
        queue.countLeaseExpired();
        returns.takeBack(queue, slot);
        shard.queues().wake(queue);
    }

    // A receiver that throws must not keep the others from their messages, nor the shard from its turn.

    private void answer(Receive receive, Deliveries messages) {
        try {
            receive.onDelivered(messages);
        } catch (Throwable e) {
            shard.host().onFault(shard, e);
        }
    }

    private void refuse(Receive receive, Refusal reason) {
        try {
            receive.onRefused(reason);
        } catch (Throwable e) {
            shard.host().onFault(shard, e);
        }
    }

    private void endWait(Queue queue, Receive receive) {
        leaveLine(queue, receive);
        if (receive.consumer != null) {
            consumers.endWait(receive.consumer, receive);
        }
        leases.free(receive.slot);
        receive.slot = -1;
    }

    /** Everything that {@code receive} was to get is damaged: it goes on as if it had come now. */
    private void receiveAgain(Queue queue, Receive receive) {
        Refusal refusal = shard.refusal(queue);
        if (receive.cancelled) {
            return;
        }
        if (refusal != null) {
            receive.onRefused(refusal);
        } else {
            serveOrAwait(queue, receive);
            shard.touch();
        }
    }

    /** Hands the messages of {@code receive} out once its leases are as durable as they should be and all is read. */
    void deliverIfComplete(Receive receive) {
        Deliveries messages = receive.deliveries;
        if (messages == null || !receive.leaseSynced || !messages.entries().isComplete()) {
            return;
        }
        receive.deliveries = null;
        Queue queue = Check.notNull(receive.queue, "a receive with messages has a queue");
        boolean fewer = receive.late && sortOut(queue, messages);
        fewer |= queue.expires() && dropExpired(queue, messages);
        if (receive.cancelled) {
            returns.giveBack(queue, receive, messages);
            messages.release();
        } else if (queue.isDropped()) {
            messages.release();
            refuse(receive, Refusal.QUEUE_NOT_FOUND);
        } else if (fewer && messages.size() == 0) {
            messages.release();
            receive.leaseSynced = false;
            if (receive.goesOn()) {
                // In another turn: the next messages may all be the same.
                shard.loop().execute(() -> receiveAgain(queue, receive));
            }
        } else {
            answer(receive, messages);
        }
    }

    /**
     * Takes out what cannot be delivered: the lease has ended while it was on its way, or it cannot be read. Returns
     * whether there was damage.
     */
    private boolean sortOut(Queue queue, Deliveries messages) {
        boolean damaged = false;
        for (int i = messages.size() - 1; i >= 0; i--) {
            long offset = messages.offset(i);
            int slot = leases.find(messages.leaseToken(i), queue, offset);
            if (slot >= 0 && !messages.isReadable(i)) {
                leases.free(slot);
                queue.subscription().damageLeased(offset);
                shard.queues().wake(queue);
                shard.onDamage(queue, offset, messages.failure(i));
                messages.remove(i);
                damaged = true;
            } else if (slot < 0) {
                messages.remove(i);
            }
        }
        return damaged;
    }

    /** Takes out and settles what must not be delivered any more; returns whether there was any. */
    private boolean dropExpired(Queue queue, Deliveries messages) {
        long nowMillis = shard.clock().epochMillis();
        boolean any = false;
        for (int i = messages.size() - 1; i >= 0; i--) {
            ByteBuf entry = messages.entry(i);
            long expiryMillis = EntryEnvelope.expiryMillis(entry, entry.readerIndex());
            if (expiryMillis == EntryEnvelope.NONE || expiryMillis > nowMillis) {
                continue;
            }
            long offset = messages.offset(i);
            int slot = leases.find(messages.leaseToken(i), queue, offset);
            if (slot >= 0) {
                queue.subscription().lapsed().add(offset);
                returns.takeBack(queue, slot);
            }
            messages.remove(i);
            any = true;
        }
        return any;
    }
}

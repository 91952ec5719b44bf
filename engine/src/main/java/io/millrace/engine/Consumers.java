package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.policy.ConsumerPolicy;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.time.TimerWheel;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The consumers that are attached to the queues of a shard, and who of those who receive gets messages: all of them,
 * those of higher priority first; or one alone, if it is exclusive or its queue has a single active consumer; or while
 * a queue is paused nobody. Whoever has a queue for itself gets messages only while nobody else holds a lease there, so
 * that what another one had, and is to come again, comes before what is behind it.
 *
 * <p>Consumers are in memory only: they end with the process. A queue to which nobody is attached, that is not paused
 * and has no single active consumer, is unknown here, and receiving from it asks nothing of this. Part of a shard; the
 * loop's.
 */
public final class Consumers {
    /** Consumers that may be attached to one queue at a time. */
    public static final int PER_QUEUE_MAX = 1_000;

    /** The bit that numbers have under which somebody is attached to several queues, and others have not. */
    private static final long JOINED = Long.MIN_VALUE;

    private final Shard shard;
    private final LeaseTable leases;
    private final Leasing leasing;
    private final Returning returns;
    private final IdentityHashMap<Queue, QueueConsumers> byQueue = new IdentityHashMap<>();

    Consumers(Shard shard, Leasing leasing, Returning returns) {
        this.shard = shard;
        this.leases = shard.leases();
        this.leasing = leasing;
        this.returns = returns;
    }

    // Commands.

    /** Attaches a consumer to the queue with log {@code logId}; null where that is {@code refused}. */
    public @Nullable ConsumerState attach(long logId, ConsumerTerms terms, Consumer<Refusal> refused) {
        Queue queue = shard.openOr(logId, refused);
        return queue == null ? null : attach(queue, Receive.NOBODY, terms, refused);
    }

    /**
     * Attaches a consumer to the queue with log {@code logId} under a number that it has in other queues, too; where it
     * is attached already it is renewed. {@link Receive#NOBODY} stands for a new number, which is for such a consumer:
     * no other one in any queue has it.
     */
    public @Nullable ConsumerState join(long logId, long number, ConsumerTerms terms, Consumer<Refusal> refused) {
        Queue queue = shard.openOr(logId, refused);
        if (queue == null) {
            return null;
        }
        QueueConsumer there = find(queue, number, terms.owner());
        if (there != null) {
            renew(there);
            shard.touch();
            return there.state();
        }
        return attach(queue, number == Receive.NOBODY ? shard.tokens().take() | JOINED : number, terms, refused);
    }

    /** Whether {@code number} is that of a consumer that is attached to several queues. */
    public static boolean isJoined(long number) {
        return (number & JOINED) != 0;
    }

    private @Nullable ConsumerState attach(Queue queue, long number, ConsumerTerms terms, Consumer<Refusal> refused) {
        QueueConsumers all = byQueue.computeIfAbsent(queue, any -> new QueueConsumers());
        Refusal refusal = all.refusal(terms.isExclusive());
        if (refusal != null) {
            refused.accept(refusal);
            return null;
        }
        long itsNumber = number == Receive.NOBODY ? shard.tokens().take() : number;
        QueueConsumer consumer =
                new QueueConsumer(queue, itsNumber, terms, shard.clock().epochMillis());
        if (terms.lifeNanos() != ConsumerTerms.UNTIL_DETACHED) {
            consumer.slot = leases.alarm(() -> onLifeOver(consumer), endOfLife(consumer));
        }
        all.add(consumer);
        onChanged(queue, all);
        return consumer.state();
    }

    /**
     * Lets consumer {@code number} live for another time to live, as each of its receives does; null where that is
     * {@code refused}.
     */
    public @Nullable ConsumerState renew(long logId, long number, String owner, Consumer<Refusal> refused) {
        QueueConsumer consumer = find(logId, number, owner, refused);
        if (consumer != null) {
            renew(consumer);
            shard.touch();
        }
        return consumer == null ? null : consumer.state();
    }

    /**
     * Detaches consumer {@code number}. Its receives that wait are refused. Its leases end, some in each turn, and
     * their messages can be delivered again; unless it {@code keepsLeases}: then those live on, and where it has had
     * the queue for itself the next one waits for their end. Where that is not {@code refused}, {@code detached} runs
     * when it is done.
     *
     * @param owner whose it has to be; null where it may be anybody's
     */
    public void detach(
            long logId,
            long number,
            @Nullable String owner,
            boolean keepsLeases,
            Runnable detached,
            Consumer<Refusal> refused) {
        QueueConsumer consumer = find(logId, number, owner, refused);
        if (consumer != null) {
            end(consumer, keepsLeases, detached);
        }
    }

    /** The consumers of the queue with log {@code logId}, those that are attached for longest first. */
    public List<ConsumerState> list(long logId, Consumer<Refusal> refused) {
        Queue queue = shard.openOr(logId, refused);
        QueueConsumers all = queue == null ? null : byQueue.get(queue);
        return all == null
                ? List.of()
                : all.attached().stream().map(QueueConsumer::state).toList();
    }

    private @Nullable QueueConsumer find(long logId, long number, @Nullable String owner, Consumer<Refusal> refused) {
        Queue queue = shard.openOr(logId, refused);
        if (queue == null) {
            return null;
        }
        QueueConsumer consumer = find(queue, number, owner);
        if (consumer == null) {
            refused.accept(Refusal.CONSUMER_NOT_FOUND);
        }
        return consumer;
    }

    private @Nullable QueueConsumer find(Queue queue, long number, @Nullable String owner) {
        QueueConsumers all = byQueue.get(queue);
        QueueConsumer consumer = all == null ? null : all.byNumber(number);
        boolean isTheirs = consumer != null && (owner == null || owner.equals(consumer.terms.owner()));
        return isTheirs ? consumer : null;
    }

    // What becomes of queues.

    /** Asks what {@code queue} says about its consumers. */
    void askPolicy(Queue queue) {
        ConsumerPolicy policy = shard.host().consumerPolicy(shard, queue.log().id());
        QueueConsumers all = byQueue.get(queue);
        if (policy.equals(all == null ? ConsumerPolicy.ALL : all.policy())) {
            return;
        }
        if (all == null) {
            all = new QueueConsumers();
            byQueue.put(queue, all);
        }
        all.setPolicy(policy);
        long nowMillis = shard.clock().epochMillis();
        all.isPaused = policy.isPausedAt(nowMillis);
        stopAlarm(all);
        if (all.isPaused && policy.resumeMillis() != ConsumerPolicy.NEVER) {
            // From here on by the time that nobody sets.
            long millis =
                    Math.min(policy.resumeMillis() - nowMillis, TimeUnit.NANOSECONDS.toMillis(TimerWheel.NANOS_MAX));
            QueueConsumers paused = all;
            all.resumeSlot = leases.alarm(
                    () -> resume(queue, paused), shard.clock().nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
        }
        onChanged(queue, all);
    }

    private void resume(Queue queue, QueueConsumers all) {
        stopAlarm(all);
        all.isPaused = false;
        onChanged(queue, all);
    }

    private void stopAlarm(QueueConsumers all) {
        if (all.resumeSlot >= 0) {
            leases.free(all.resumeSlot);
            all.resumeSlot = -1;
        }
    }

    /** The queue is gone; those who wait were told. */
    void forget(Queue queue) {
        QueueConsumers all = byQueue.remove(queue);
        if (all != null) {
            stopAlarm(all);
            all.attached().forEach(this::stop);
        }
    }

    /** Who is attached, or what the queue says, has changed: sees to it that the right ones get messages. */
    private void onChanged(Queue queue, QueueConsumers all) {
        all.choose();
        for (QueueConsumer each : all.attached()) {
            boolean isTurn = all.isTurnOf(each);
            if (isTurn != each.isServed) {
                each.isServed = isTurn;
                leasing.onTurnChanged(queue, each);
            }
        }
        queue.setGuarded(all.isGuarding());
        if (!all.isNeeded()) {
            byQueue.remove(queue);
        }
        shard.queues().wake(queue);
        shard.touch();
        Refusal refusal = all.refusalOfOthers();
        if (refusal != null) {
            leasing.refuseOthers(queue, refusal);
        }
    }

    // The life of a consumer.

    private long endOfLife(QueueConsumer consumer) {
        return shard.clock().nanoTime() + consumer.terms.lifeNanos();
    }

    private void renew(QueueConsumer consumer) {
        if (consumer.slot >= 0) {
            leases.reschedule(consumer.slot, endOfLife(consumer));
        }
    }

    private void onLifeOver(QueueConsumer consumer) {
        if (consumer.waiting.isEmpty()) {
            end(consumer, false, () -> {});
        } else {
            renew(consumer); // whoever waits is there
        }
    }

    private void end(QueueConsumer consumer, boolean keepsLeases, Runnable ended) {
        Queue queue = consumer.queue;
        QueueConsumers all = Check.notNull(byQueue.get(queue), "a queue with a consumer is known");
        stop(consumer);
        all.remove(consumer);
        List<Receive> inVain = new ArrayList<>(consumer.waiting);
        leasing.endWaits(queue, inVain);
        if (keepsLeases) {
            ended.run();
        } else {
            returns.takeAllBack(queue, consumer, ended);
        }
        onChanged(queue, all);
        leasing.refuse(inVain, Refusal.CONSUMER_NOT_FOUND);
    }

    private void stop(QueueConsumer consumer) {
        consumer.isAttached = false;
        if (consumer.slot >= 0) {
            leases.free(consumer.slot);
            consumer.slot = -1;
        }
    }

    // Receives.

    /** Finds out who asks with {@code receive}, which names its consumer. */
    void identify(Queue queue, Receive receive) {
        QueueConsumer consumer = find(queue, receive.consumerNumber, receive.owner);
        receive.consumer = consumer;
        if (consumer != null) {
            renew(consumer);
            MessageFilter filter = consumer.terms.filter();
            if (filter != null && receive.filter() == null) {
                receive.matching(filter);
            }
        }
    }

    /** Why {@code receive} cannot have messages of {@code queue}; null where it can, or could if it waited. */
    @Nullable
    Refusal refusal(Queue queue, Receive receive) {
        QueueConsumer consumer = receive.consumer;
        if (receive.consumerNumber != Receive.NOBODY) {
            return consumer != null && consumer.isAttached ? null : Refusal.CONSUMER_NOT_FOUND;
        }
        QueueConsumers all = queue.isGuarded() ? byQueue.get(queue) : null;
        return all == null ? null : all.refusalOfOthers();
    }

    /** Whether {@code receive}, which is not refused, may have messages of {@code queue} now. */
    boolean mayHave(Queue queue, Receive receive) {
        QueueConsumers all = queue.isGuarded() ? byQueue.get(queue) : null;
        if (all == null) {
            return true;
        }
        QueueConsumer sole = all.sole();
        boolean isTurn = sole == null || (sole == receive.consumer && holdsAll(queue, sole));
        return isTurn && !all.isPaused;
    }

    private static boolean holdsAll(Queue queue, QueueConsumer consumer) {
        return queue.subscription().leased() == consumer.held()
                && queue.claimed().isEmpty();
    }

    /** A receive of {@code consumer} waits; returns whether in the line of the queue. */
    boolean await(QueueConsumer consumer, Receive receive) {
        consumer.waiting.add(receive);
        return consumer.isServed;
    }

    /** A receive of {@code consumer} does not wait any more; the time in which it has to ask again begins. */
    void endWait(QueueConsumer consumer, Receive receive) {
        consumer.waiting.remove(receive);
        renew(consumer);
    }

    /** The receives of {@code queue} that wait for the turn of their consumer. */
    List<Receive> waitingForTurn(Queue queue) {
        QueueConsumers all = queue.isGuarded() ? byQueue.get(queue) : null;
        List<Receive> waiting = new ArrayList<>();
        if (all != null) {
            all.attached().stream().filter(each -> !each.isServed).forEach(each -> waiting.addAll(each.waiting));
        }
        return waiting;
    }
}

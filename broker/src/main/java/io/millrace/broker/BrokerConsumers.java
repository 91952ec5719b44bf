package io.millrace.broker;

import io.millrace.base.Clock;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.engine.ConsumerState;
import io.millrace.engine.ConsumerTerms;
import io.millrace.engine.Consumers;
import io.millrace.engine.Receive;
import io.millrace.engine.Refusal;
import io.millrace.engine.Shard;
import io.millrace.engine.policy.ConsumerPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The consumers that are attached to queues, and pauses of queues. Consumers end with the broker; who may attach, and
 * whose consumer it is, is for the door to say. Any thread; outcomes come on the loop of the queue's shard.
 */
public final class BrokerConsumers {
    private final Broker broker;
    private final Clock clock;

    BrokerConsumers(Broker broker, Clock clock) {
        this.broker = broker;
        this.clock = clock;
    }

    /** Attaches a consumer to {@code queue}; where that is of an exclusive subscription, as an exclusive one. */
    public CompletableFuture<ConsumerState> attach(QueueDefinition queue, ConsumerTerms terms) {
        ConsumerTerms asked = terms(queue, terms);
        return ask(queue, (consumers, refused) -> consumers.attach(queue.logId(), asked, refused));
    }

    private ConsumerTerms terms(QueueDefinition queue, ConsumerTerms terms) {
        Subscription subscription = broker.catalog().snapshot().subscriptions().byLog(queue.logId());
        boolean isExclusive = subscription != null && subscription.kind() == SubscriptionKind.EXCLUSIVE;
        return isExclusive ? terms.exclusive() : terms;
    }

    /**
     * Attaches a consumer to all of {@code queues}: first to the first one, where it lives; to such as are added later
     * with its next receive. Where one refuses it is attached to none.
     */
    public CompletableFuture<ConsumerState> attach(ConsumedQueues queues, ConsumerTerms terms) {
        QueueDefinition first = queues.now().get(0);
        if (!queues.isJoined()) {
            return attach(first, terms);
        }
        ConsumerTerms asked = terms(first, terms);
        return join(first, Receive.NOBODY, asked).thenCompose(made -> joinOthers(queues, made)
                .exceptionallyCompose(failure -> detach(queues, made.number(), asked.owner(), false)
                        .exceptionally(notDone -> null)
                        .thenCompose(done -> CompletableFuture.failedFuture(failure))));
    }

    private CompletableFuture<ConsumerState> join(QueueDefinition queue, long number, ConsumerTerms terms) {
        return ask(queue, (consumers, refused) -> consumers.join(queue.logId(), number, terms, refused));
    }

    /** Attaches {@code consumer} of the first queue to the others; what it is in all of them. */
    private CompletableFuture<ConsumerState> joinOthers(ConsumedQueues queues, ConsumerState consumer) {
        CompletableFuture<ConsumerState> all = CompletableFuture.completedFuture(consumer);
        for (QueueDefinition each : others(queues)) {
            ConsumerTerms terms = consumer.terms().forOtherLoop();
            all = all.thenCombine(join(each, consumer.number(), terms), ConsumerState::with);
        }
        return all;
    }

    private static List<QueueDefinition> others(ConsumedQueues queues) {
        List<QueueDefinition> all = queues.now();
        return queues.isJoined() ? all.subList(1, all.size()) : List.of();
    }

    /** The same of a consumer of all of {@code queues}; such as were added since then may refuse it. */
    public CompletableFuture<ConsumerState> renew(ConsumedQueues queues, long number, String owner) {
        return known(queues, number)
                .thenCompose(first -> renew(first, number, owner))
                .thenCompose(renewed -> renewOthers(queues, renewed));
    }

    private CompletableFuture<ConsumerState> renewOthers(ConsumedQueues queues, ConsumerState consumer) {
        CompletableFuture<ConsumerState> all = CompletableFuture.completedFuture(consumer);
        for (QueueDefinition each : others(queues)) {
            CompletableFuture<Optional<ConsumerState>> renewed = join(
                            each, consumer.number(), consumer.terms().forOtherLoop())
                    .handle((state, refusal) -> Optional.ofNullable(state));
            all = all.thenCombine(renewed, (sum, state) -> state.map(sum::with).orElse(sum));
        }
        return all;
    }

    /** The first of {@code queues}, if they can have a consumer of that number at all. */
    private static CompletableFuture<QueueDefinition> known(ConsumedQueues queues, long number) {
        return Consumers.isJoined(number) || !queues.isJoined()
                ? CompletableFuture.completedFuture(queues.now().get(0))
                : CompletableFuture.failedFuture(BrokerException.refused(Refusal.CONSUMER_NOT_FOUND, queues.name()));
    }

    /** The same of a consumer of all of {@code queues}. */
    public CompletableFuture<Void> detach(
            ConsumedQueues queues, long number, @Nullable String owner, boolean keepsLeases) {
        return known(queues, number)
                .thenCompose(first -> detach(first, number, owner, keepsLeases))
                .thenCompose(done -> detachOthers(queues, number, owner, keepsLeases));
    }

    private CompletableFuture<Void> detachOthers(
            ConsumedQueues queues, long number, @Nullable String owner, boolean keepsLeases) {
        List<CompletableFuture<?>> parts = new ArrayList<>();
        for (QueueDefinition each : others(queues)) {
            // It need not be in each of them.
            parts.add(detach(each, number, owner, keepsLeases)
                    .exceptionallyCompose(failure -> isNotThere(failure)
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.failedFuture(failure)));
        }
        return CompletableFuture.allOf(parts.toArray(new CompletableFuture<?>[0]));
    }

    private static boolean isNotThere(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof BrokerException refused
                && (refused.error() == BrokerError.CONSUMER_NOT_FOUND
                        || refused.error() == BrokerError.QUEUE_NOT_FOUND);
    }

    /** A consumer has ended in the first of {@code queues}, and so does in the others; nobody waits for that. */
    void detachOthers(ConsumedQueues queues, long number, String owner) {
        var unused = detachOthers(queues, number, owner, false);
    }

    /**
     * A consumer in the list of those of several queues.
     *
     * @param state the consumer, in all of the queues
     * @param queue the only queue that it is attached to; null where that is all of them
     */
    public record Listed(ConsumerState state, @Nullable QueueDefinition queue) {}

    /** The consumers of {@code queues}, those that are attached to all of them once. */
    public CompletableFuture<List<Listed>> list(ConsumedQueues queues) {
        CompletableFuture<Map<Object, Listed>> all = CompletableFuture.completedFuture(new LinkedHashMap<>());
        for (QueueDefinition each : queues.now()) {
            all = all.thenCombine(list(each), (known, states) -> {
                for (ConsumerState state : states) {
                    boolean isOfOne = queues.isJoined() && !Consumers.isJoined(state.number());
                    Listed listed = new Listed(state, isOfOne ? each : null);
                    known.merge(
                            isOfOne ? listed : state.number(),
                            listed,
                            (before, more) -> new Listed(before.state.with(more.state), null));
                }
                return known;
            });
        }
        return all.thenApply(known -> List.copyOf(known.values()));
    }

    /** Lets consumer {@code number}, which {@code owner} has attached, live for another time to live. */
    public CompletableFuture<ConsumerState> renew(QueueDefinition queue, long number, String owner) {
        return ask(queue, (consumers, refused) -> consumers.renew(queue.logId(), number, owner, refused));
    }

    /**
     * Detaches consumer {@code number}, which {@code owner} has attached, or where that is null whoever. Its leases
     * end, which is on stable storage when this is answered; unless it {@code keepsLeases}.
     */
    public CompletableFuture<Void> detach(
            QueueDefinition queue, long number, @Nullable String owner, boolean keepsLeases) {
        CompletableFuture<Void> detached = new CompletableFuture<>();
        Shard shard = broker.shard(queue);
        Broker.run(shard, () -> shard.consumers()
                .detach(
                        queue.logId(),
                        number,
                        owner,
                        keepsLeases,
                        () -> detached.complete(null),
                        refusal -> detached.completeExceptionally(broker.refused(refusal, queue))));
        return detached.thenCompose(done -> synced(queue));
    }

    private CompletableFuture<Void> synced(QueueDefinition queue) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Shard shard = broker.shard(queue);
        Broker.run(
                shard,
                () -> shard.whenSynced(
                        () -> done.complete(null),
                        refusal -> done.completeExceptionally(broker.refused(refusal, queue))));
        return done;
    }

    /** The consumers of {@code queue}, those that are attached for longest first. */
    public CompletableFuture<List<ConsumerState>> list(QueueDefinition queue) {
        return ask(queue, (consumers, refused) -> consumers.list(queue.logId(), refused));
    }

    /**
     * Stops deliveries of {@code queue}, over restarts too, for {@code millis}, or where that is 0 until it is resumed.
     * Messages that consumers hold stay with them; all else goes on.
     */
    public CompletableFuture<QueueDefinition> pause(QueueDefinition queue, long millis) {
        long resumeMillis = millis == 0 ? ConsumerPolicy.NEVER : clock.epochMillis() + millis;
        return broker.configureQueue(
                queue.queue(), settings -> settings.with(settings.consumers().pausedUntil(resumeMillis)));
    }

    /** Lets deliveries of {@code queue} go on, at once. */
    public CompletableFuture<QueueDefinition> resume(QueueDefinition queue) {
        return broker.configureQueue(
                queue.queue(), settings -> settings.with(settings.consumers().resumed()));
    }

    /** Whether {@code queue} is paused now, as its definition says. */
    public boolean isPaused(QueueDefinition queue) {
        return queue.settings().consumers().isPausedAt(clock.epochMillis());
    }

    private interface Question<T> {
        @Nullable
        T ask(Consumers consumers, Consumer<Refusal> refused);
    }

    private <T> CompletableFuture<T> ask(QueueDefinition queue, Question<T> question) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Shard shard = broker.shard(queue);
        Broker.run(shard, () -> {
            T answer = question.ask(
                    shard.consumers(), refusal -> done.completeExceptionally(broker.refused(refusal, queue)));
            if (answer != null) {
                done.complete(answer);
            }
        });
        return done;
    }
}

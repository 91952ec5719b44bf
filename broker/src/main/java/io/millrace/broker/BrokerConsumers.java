package io.millrace.broker;

import io.millrace.base.Clock;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.engine.ConsumerState;
import io.millrace.engine.ConsumerTerms;
import io.millrace.engine.Consumers;
import io.millrace.engine.Refusal;
import io.millrace.engine.Shard;
import io.millrace.engine.policy.ConsumerPolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
        Subscription subscription = broker.catalog().snapshot().subscriptions().byLog(queue.logId());
        boolean isExclusive = subscription != null && subscription.kind() == SubscriptionKind.EXCLUSIVE;
        ConsumerTerms asked = isExclusive ? terms.exclusive() : terms;
        return ask(queue, (consumers, refused) -> consumers.attach(queue.logId(), asked, refused));
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
        CompletableFuture<Boolean> detached = ask(
                queue, (consumers, refused) -> consumers.detach(queue.logId(), number, owner, keepsLeases, refused));
        return detached.thenCompose(yes -> synced(queue));
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

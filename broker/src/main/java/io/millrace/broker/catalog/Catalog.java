package io.millrace.broker.catalog;

import io.millrace.base.Clock;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.MoveTarget;
import io.millrace.broker.NameRule;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.Definition.SpaceDefinition;
import io.millrace.broker.catalog.Definition.UserDefinition;
import io.millrace.broker.security.User;
import io.millrace.broker.security.UserDirectory;
import io.millrace.broker.topic.TopicKey;
import io.millrace.engine.Shard;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the definitions. Changes may be asked for on any thread and run on the loop of shard 0, one after the other;
 * each is decided on what is in force and what is under way, and answered when it is synced and published.
 */
public final class Catalog implements UserDirectory {
    private final Clock clock;
    private final int shards;
    private final CatalogLog log = new CatalogLog();
    private final TopicCatalog topics;
    private final SubscriptionCatalog subscriptions;
    private final ExchangeCatalog exchanges;
    private final ScheduleCatalog schedules;

    /** Makes an empty catalog for a broker with {@code shards} shards. */
    public Catalog(Clock clock, int shards) {
        this.clock = clock;
        this.shards = shards;
        this.topics = new TopicCatalog(clock, shards, log);
        this.subscriptions = new SubscriptionCatalog(clock, log);
        this.exchanges = new ExchangeCatalog(clock, log);
        this.schedules = new ScheduleCatalog(clock, log);
    }

    /** What is in force now. Any thread. */
    public CatalogSnapshot snapshot() {
        return log.published();
    }

    /** Topics. */
    public TopicCatalog topics() {
        return topics;
    }

    /** Subscriptions of topics. */
    public SubscriptionCatalog subscriptions() {
        return subscriptions;
    }

    /** Exchanges and bindings. */
    public ExchangeCatalog exchanges() {
        return exchanges;
    }

    /** Schedules. */
    public ScheduleCatalog schedules() {
        return schedules;
    }

    @Override
    public boolean isEmpty() {
        return snapshot().users().isEmpty();
    }

    @Override
    public @Nullable User byName(String name) {
        return snapshot().users().get(name);
    }

    @Override
    public @Nullable User byAccessKey(String accessKeyId) {
        return snapshot().userByAccessKey(accessKeyId);
    }

    // Replay, on the opening thread.

    /** Takes a stored definition; a later one with the same key stands in its place. */
    public void replay(long offset, ByteBuf body) {
        log.replay(offset, body);
    }

    /** Forgets the definitions of {@code count} offsets from {@code first} on. */
    public void replaySettled(long first, long count) {
        log.replaySettled(first, count);
    }

    /** Ends the replay: what was found is in force. */
    public void finishReplay() {
        log.finishReplay();
    }

    /** Begins to take changes. On the loop of {@code catalogShard}, which is started. */
    public void start(Shard catalogShard) {
        log.start(catalogShard);
    }

    // Changes, on any thread.

    /**
     * Makes a queue with {@code settings}; where it is there with the same ones, that is the answer; with others, the
     * answer is {@link BrokerError#QUEUE_EXISTS}.
     */
    public CompletableFuture<QueueCreation> createQueue(QueueKey key, QueueSettings settings) {
        return log.change(done -> {
            requireSpace(key.space());
            QueueDefinition there = log.working().queue(key);
            if (there != null && !there.settings().equals(settings)) {
                throw new BrokerException(
                        BrokerError.QUEUE_EXISTS, "queue " + key.name() + " exists with other settings");
            }
            if (there != null) {
                log.answerWhenSynced(new QueueCreation(there, false), done);
                return;
            }
            NameRule.checkStore("queue name", key.name().value());
            if (log.working().topics().get(new TopicKey(key.space(), key.name())) != null) {
                throw new BrokerException(
                        BrokerError.NAME_TAKEN,
                        key.name() + " is the name of a topic; a name is that of a queue or of a topic, never both");
            }
            checkDeadLetters(key, settings);
            long logId = log.nextId();
            int home = (int) (logId % shards);
            QueueDefinition made = new QueueDefinition(key, logId, home, clock.epochMillis(), settings);
            log.append(made, () -> done.complete(new QueueCreation(made, true)), done);
        });
    }

    private void checkDeadLetters(QueueKey key, QueueSettings settings) {
        DeadLetterRoutes.check(
                log.working(), key.space(), MoveTarget.queue(key.name().value()), settings);
    }

    /** Changes the settings of a queue. */
    public CompletableFuture<QueueDefinition> configureQueue(QueueKey key, UnaryOperator<QueueSettings> change) {
        return log.change(done -> {
            QueueDefinition there = requireQueue(key);
            QueueSettings changed = change.apply(there.settings());
            checkDeadLetters(key, changed);
            log.append(there.with(changed), done);
        });
    }

    /**
     * Removes a queue with the bindings to it, unless dead letters of another one go there; its messages are the
     * caller's to drop.
     */
    public CompletableFuture<QueueDefinition> deleteQueue(QueueKey key) {
        return log.change(done -> {
            QueueDefinition there = requireQueue(key);
            DeadLetterRoutes.checkUnused(
                    log.working(), key.space(), MoveTarget.queue(key.name().value()));
            log.remove(there, done);
        });
    }

    /** Makes a space; fine where it is there. */
    public CompletableFuture<SpaceDefinition> createSpace(SpaceName name) {
        return log.change(done -> {
            SpaceDefinition there = log.working().spaces().get(name);
            if (there != null || name.equals(SpaceName.ROOT)) {
                log.answerWhenSynced(there != null ? there : new SpaceDefinition(name, 0), done);
            } else {
                log.append(new SpaceDefinition(name, clock.epochMillis()), done);
            }
        });
    }

    /** Removes a space without queues, topics, exchanges, schedules and users. */
    public CompletableFuture<SpaceDefinition> deleteSpace(SpaceName name) {
        return log.change(done -> {
            SpaceDefinition there = log.working().spaces().get(name);
            if (there == null) {
                throw new BrokerException(BrokerError.SPACE_NOT_FOUND, "there is no space " + name + " that was made");
            }
            boolean hasQueues = log.working().queues(name, "").findAny().isPresent();
            boolean hasTopics = log.working().topics().in(name, "").findAny().isPresent();
            boolean hasUsers = log.working().users().values().stream()
                    .anyMatch(user -> user.space().equals(name));
            boolean hasExchanges =
                    log.working().routing().exchanges(name, "").findAny().isPresent();
            boolean hasSchedules =
                    log.working().schedules().in(name, "").findAny().isPresent();
            if (hasQueues || hasTopics || hasExchanges || hasSchedules || hasUsers) {
                throw new BrokerException(
                        BrokerError.SPACE_NOT_EMPTY,
                        "space " + name
                                + " still has queues, topics, exchanges, schedules or users; remove them first");
            }
            log.remove(there, done);
        });
    }

    /** Makes or changes a user: {@code change} is given the user as they are, a new one where there is none. */
    public CompletableFuture<UserDefinition> putUser(String name, UnaryOperator<User> change) {
        return log.change(done -> {
            User there = log.working().users().get(name);
            User changed = change.apply(there == null ? User.named(name) : there);
            requireSpace(changed.space());
            log.append(new UserDefinition(changed), done);
        });
    }

    /** Changes a user who is there. */
    public CompletableFuture<UserDefinition> changeUser(String name, UnaryOperator<User> change) {
        return log.change(done -> {
            User changed = change.apply(requireUser(name));
            requireSpace(changed.space());
            log.append(new UserDefinition(changed), done);
        });
    }

    /** Removes a user; connections of theirs may do nothing from then on. */
    public CompletableFuture<UserDefinition> deleteUser(String name) {
        return deleteUser(name, user -> {});
    }

    /** The same, unless {@code check}, which is given the user as they are, throws. */
    public CompletableFuture<UserDefinition> deleteUser(String name, Consumer<User> check) {
        return log.change(done -> {
            User there = requireUser(name);
            check.accept(there);
            log.remove(new UserDefinition(there), done);
        });
    }

    private QueueDefinition requireQueue(QueueKey key) {
        QueueDefinition there = log.working().queue(key);
        if (there == null) {
            throw new BrokerException(BrokerError.QUEUE_NOT_FOUND, "there is no queue " + key.name());
        }
        return there;
    }

    private User requireUser(String name) {
        User there = log.working().users().get(name);
        if (there == null) {
            throw new BrokerException(BrokerError.USER_NOT_FOUND, "there is no user " + name);
        }
        return there;
    }

    private void requireSpace(SpaceName name) {
        if (!log.working().hasSpace(name)) {
            throw new BrokerException(BrokerError.SPACE_NOT_FOUND, "there is no space " + name);
        }
    }
}

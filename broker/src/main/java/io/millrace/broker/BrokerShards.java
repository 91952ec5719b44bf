package io.millrace.broker;

import io.millrace.base.Check;
import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSnapshot;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.NativeKeys;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.selector.SelectorFilter;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.engine.DeadLetters;
import io.millrace.engine.MessageFilter;
import io.millrace.engine.Shard;
import io.millrace.engine.ShardHost;
import io.millrace.engine.policy.ConsumerPolicy;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.Durability;
import io.millrace.engine.policy.KeepPolicy;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.MessageKeys;
import io.millrace.engine.policy.RetryPolicy;
import io.millrace.storage.index.IndexMemory;
import io.netty.buffer.ByteBuf;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects the shards with the catalog, and with the log for operators. Called on the shards' loops. */
final class BrokerShards implements ShardHost {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerShards.class);

    private static final MessageKeys KEYS = new NativeKeys();

    private final Catalog catalog;
    private final IndexMemory indexMemory = IndexMemory.ofHeap();
    private final Set<Integer> failed = new ConcurrentSkipListSet<>();

    private @Nullable Broker broker;

    BrokerShards(Catalog catalog) {
        this.catalog = catalog;
    }

    /** They are those of {@code owner}. Before any of them is started. */
    void setBroker(Broker owner) {
        broker = owner;
    }

    /** The shards that have stopped because their log has failed, in their order. Any thread. */
    Set<Integer> failed() {
        return Collections.unmodifiableSet(failed);
    }

    @Override
    public boolean isDefined(Shard shard, long logId) {
        if (logId == Shard.CATALOG_LOG) {
            return shard.id() == 0;
        }
        CatalogSnapshot definitions = catalog.snapshot();
        DefinedLog log = definitions.log(logId);
        // A subscription is there once it has begun somewhere.
        return log != null
                && log.shard() == shard.id()
                && definitions.subscriptions().queueByLog(logId) == null;
    }

    @Override
    public KeepPolicy keepPolicy(Shard shard, long logId) {
        TopicPartition partition = catalog.snapshot().topics().byLog(logId);
        return partition == null
                ? KeepPolicy.UNTIL_SETTLED
                : partition.topic().settings().keepPolicy();
    }

    @Override
    public @Nullable MessageKeys keys(Shard shard, long logId) {
        Subscription subscription = catalog.snapshot().subscriptions().byLog(logId);
        return subscription != null && subscription.kind() == SubscriptionKind.BY_KEY ? KEYS : null;
    }

    @Override
    public @Nullable MessageFilter filter(Shard shard, long logId) {
        Subscription subscription = catalog.snapshot().subscriptions().byLog(logId);
        Selector filter = subscription == null ? null : subscription.filter();
        return filter == null ? null : new SelectorFilter(filter);
    }

    @Override
    public RetryPolicy retryPolicy(Shard shard, long logId) {
        QueueDefinition queue = catalog.snapshot().queueByLog(logId);
        return queue == null ? RetryPolicy.AT_ONCE : queue.settings().retry();
    }

    @Override
    public ConsumerPolicy consumerPolicy(Shard shard, long logId) {
        QueueDefinition queue = catalog.snapshot().queueByLog(logId);
        return queue == null ? ConsumerPolicy.ALL : queue.settings().consumers();
    }

    @Override
    public LengthPolicy lengthPolicy(Shard shard, long logId) {
        QueueDefinition queue = catalog.snapshot().queueByLog(logId);
        return queue == null ? LengthPolicy.NONE : queue.settings().length();
    }

    @Override
    public Durability durability(Shard shard, long logId) {
        QueueDefinition queue = catalog.snapshot().queueByLog(logId);
        return queue == null ? Durability.SYNCED : queue.settings().durability();
    }

    @Override
    public DeadLetterPolicy deadLetters(Shard shard, long logId) {
        QueueDefinition queue = catalog.snapshot().queueByLog(logId);
        return queue == null
                ? DeadLetterPolicy.NONE
                : queue.settings().deadLetters().policy();
    }

    @Override
    public void onDead(Shard shard, DeadLetters messages) {
        CatalogSnapshot definitions = catalog.snapshot();
        QueueDefinition source = definitions.queueByLog(messages.logId());
        MoveTarget name =
                source == null ? null : source.settings().deadLetters().target();
        MoveDestination target = source == null || name == null
                ? null
                : definitions.destination(source.queue().space(), name);
        if (source == null || target == null) {
            messages.notMoved();
        } else {
            DeadLetterMove.run(Check.notNull(broker, "shards that run have a broker"), shard, source, target, messages);
        }
    }

    @Override
    public IndexMemory indexMemory() {
        return indexMemory;
    }

    @Override
    public void onDamage(Shard shard, long logId, long offset, Exception failure) {
        DefinedLog log = catalog.snapshot().log(logId);
        LOG.error(
                "message {} of {} is damaged and not delivered: {}",
                new MessageId(logId, offset),
                log == null ? "queue ?" : log.title(),
                failure.getMessage());
    }

    @Override
    public void onIndexDamage(Shard shard, String what) {
        LOG.error("an index of shard {} is damaged; messages may come late or in another order: {}", shard.id(), what);
    }

    @Override
    public void onCheckpointFailed(Shard shard, Exception reason) {
        LOG.warn("shard {} cannot write its state and keeps old files for longer: {}", shard.id(), reason.getMessage());
    }

    @Override
    public void onFault(Shard shard, Throwable fault) {
        LOG.error("an answer of shard {} could not be given on", shard.id(), fault);
    }

    @Override
    public void onFailed(Shard shard, Exception cause) {
        failed.add(shard.id());
        // The error itself was logged where it happened.
        LOG.warn("shard {} has stopped: its log has failed: {}", shard.id(), cause.getMessage());
    }

    @Override
    public void onDefinition(Shard shard, long offset, ByteBuf body) {
        catalog.replay(offset, body);
    }

    @Override
    public void onDefinitionsSettled(Shard shard, long firstOffset, long count) {
        catalog.replaySettled(firstOffset, count);
    }
}

package io.millrace.broker;

import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.SharedMessage;
import io.millrace.broker.redrive.Redrives;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.schedule.Scheduler;
import io.millrace.engine.Fetch;
import io.millrace.engine.FindTime;
import io.millrace.engine.Peek;
import io.millrace.engine.Purge;
import io.millrace.engine.QueueStats;
import io.millrace.engine.Receive;
import io.millrace.engine.Refusal;
import io.millrace.engine.Settlement;
import io.millrace.engine.Shard;
import io.millrace.engine.TransactionRecovery;
import io.millrace.storage.OwnershipLostException;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The broker: its shards, its catalog, its store. {@link #open} replays what is stored; {@link #started} completes when
 * operations are taken.
 *
 * <p>Operations may be called on any thread and run on the loop of their queue's shard; outcomes are called there. What
 * a principal may do is asked for before, through {@link Access}.
 */
public final class Broker {
    private final BrokerOptions options;
    private final World world;
    private final Catalog catalog;
    private final Access access;
    private final ShardStore store;
    private final List<Shard> shards;
    private final BrokerShards host;
    private final BrokerConsumers consumers;
    private final BrokerReceives receives = new BrokerReceives();
    private final BrokerTopics topics;
    private final BrokerSubscriptions subscriptions;
    private final Scheduler scheduler;
    private final Redrives redrives = new Redrives(this);
    private final CompletableFuture<Broker> started = new CompletableFuture<>();
    private volatile boolean closing;

    private Broker(
            BrokerOptions options,
            World world,
            Catalog catalog,
            ShardStore store,
            List<Shard> shards,
            BrokerShards host) {
        this.options = options;
        this.world = world;
        this.catalog = catalog;
        this.store = store;
        this.shards = shards;
        this.host = host;
        this.access = new Access(catalog);
        this.consumers = new BrokerConsumers(this, world.clock());
        this.topics = new BrokerTopics(this);
        this.subscriptions = new BrokerSubscriptions(this);
        this.scheduler = new Scheduler(
                world.clock(), catalogShard().loop(), () -> catalog.snapshot().schedules(), this::fire);
        catalog.schedules().listen(scheduler::review);
    }

    /** Opens the broker on the store that {@code options} name; the caller sees to it that nobody else uses it. */
    public static Broker open(BrokerOptions options, World world) throws IOException {
        int count = options.store().shards();
        Catalog catalog = new Catalog(world.clock(), count);
        BrokerShards host = new BrokerShards(catalog);
        List<Shard> shards = new ArrayList<>(count);
        for (int id = 0; id < count; id++) {
            Loop loop = world.loops().get(id % world.loops().size());
            shards.add(new Shard(id, world.clock(), loop, host, options.limits()));
        }
        ShardStore store = options.store()
                .open(world.fileSystem(), world.clock(), world.random(), shard -> shards.get(shard)
                        .replay());
        catalog.finishReplay();
        Broker broker = new Broker(options, world, catalog, store, List.copyOf(shards), host);
        host.setBroker(broker);
        broker.start();
        return broker;
    }

    private void start() {
        List<ShardLog> logs = new ArrayList<>();
        for (Shard each : shards) {
            logs.add(store.attach(each.id(), each.loop(), each));
        }
        List<CompletableFuture<Void>> ready = new ArrayList<>();
        for (Shard each : shards) {
            CompletableFuture<Void> shardReady = new CompletableFuture<>();
            ready.add(shardReady);
            each.loop().execute(() -> startShard(each, logs.get(each.id()), shardReady));
        }
        // After the shards' own start is in the queues of their loops: they hear of nothing before it.
        store.start(world.agents());
        var unused = CompletableFuture.allOf(ready.toArray(new CompletableFuture<?>[0]))
                .thenRun(() -> TransactionRecovery.run(shards, this::onRecovered));
    }

    private void onRecovered() {
        // Not before: to the recovery a transaction that has just begun is one that was cut short.
        shards.forEach(each -> each.loop().execute(each::beginMoving));
        catalogShard().loop().execute(scheduler::start);
        started.complete(this);
    }

    private void startShard(Shard shard, ShardLog log, CompletableFuture<Void> ready) {
        shard.start(log, () -> ready.complete(null));
        dropOrphans(shard);
        subscriptions.start(shard);
        if (shard.id() == 0) {
            catalog.start(shard);
        }
    }

    /** Drops the logs of queues and topics whose deletion a crash has cut short. */
    private void dropOrphans(Shard shard) {
        for (Long logId : shard.openLogs()) {
            if (logId != Shard.CATALOG_LOG && catalog.snapshot().log(logId) == null) {
                shard.drop(logId);
            }
        }
    }

    /** Completes when operations are taken. */
    public CompletableFuture<Broker> started() {
        return started;
    }

    /** The definitions. */
    public Catalog catalog() {
        return catalog;
    }

    /** Those who are attached to queues. */
    public BrokerConsumers consumers() {
        return consumers;
    }

    BrokerReceives receives() {
        return receives;
    }

    /** Topics, and publishes to them. */
    public BrokerTopics topics() {
        return topics;
    }

    /** Subscriptions of topics. */
    public BrokerSubscriptions subscriptions() {
        return subscriptions;
    }

    /** Who may do what, and what is there for them. */
    public Access access() {
        return access;
    }

    /** What has schedules fire, for how they are. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** The jobs that move messages out of queues again. */
    public Redrives redrives() {
        return redrives;
    }

    /** Its time. */
    public Clock clock() {
        return world.clock();
    }

    /** The loop that a log is on. */
    public Loop loop(DefinedLog log) {
        return shard(log).loop();
    }

    /** How it was set up. */
    public BrokerOptions options() {
        return options;
    }

    /** The store, for its counters. */
    public ShardStore store() {
        return store;
    }

    /** Whether another broker has taken its store over: then what it knows is out of date. Any thread. */
    public boolean isReplaced() {
        return store.failure() instanceof OwnershipLostException;
    }

    /** How it is. Any thread. */
    public BrokerHealth health() {
        String reason = notReady();
        return new BrokerHealth(reason.isEmpty(), reason, store.space(), new TreeSet<>(host.failed()), store.damages());
    }

    private String notReady() {
        IOException failure = store.failure();
        if (failure instanceof OwnershipLostException) {
            return "this broker has lost its store: " + failure.getMessage();
        }
        if (failure != null) {
            return failed(failure);
        }
        return closing ? "shutting down" : started.isDone() ? "" : "starting";
    }

    private String failed(IOException failure) {
        Set<Integer> failed = new TreeSet<>(host.failed());
        String which = failed.size() == shards.size()
                ? "every shard"
                : failed.stream().map(each -> "shard " + each).collect(Collectors.joining(", "));
        return "storage has failed: " + failure.getMessage()
                + (failed.isEmpty() ? "" : "; stopped: " + which)
                + "; nothing is confirmed until the broker is started again, on a disk that works";
    }

    /** What to tell whoever was refused on {@code log}; with figures where space is short. Any thread. */
    public BrokerException refused(Refusal refusal, DefinedLog log) {
        return refusal == Refusal.OUT_OF_SPACE ? refused(refusal) : BrokerException.refused(refusal, log);
    }

    /** The same for whoever has named several queues. */
    BrokerException refused(Refusal refusal) {
        if (refusal == Refusal.QUEUE_FULL) {
            return BrokerException.refused(refusal, "that was named, or one of them,");
        }
        String shortage = store.space().refusal();
        return refusal == Refusal.OUT_OF_SPACE && !shortage.isEmpty()
                ? new BrokerException(BrokerError.OUT_OF_SPACE, "publishing is refused: " + shortage)
                : BrokerException.refused(refusal, "that was named any more");
    }

    /** A transaction that does nothing yet. Any thread. */
    public BrokerTransaction begin() {
        return new BrokerTransaction(this);
    }

    /**
     * Stores messages. Throws {@link BrokerException} where one of them is larger than is allowed there; the batch is
     * released then too.
     */
    public void publish(DefinedLog log, NativePublish publish) {
        try {
            prepare(log, publish);
        } catch (BrokerException e) {
            publish.batch().release();
            throw e;
        }
        Shard shard = shard(log);
        run(shard, () -> shard.publish(log.logId(), publish));
    }

    /**
     * The same of several publishes, which are stored one behind the other with nothing between them, all of them or
     * none.
     */
    public void publish(DefinedLog log, List<? extends NativePublish> publishes) {
        if (publishes.size() == 1) {
            publish(log, publishes.get(0));
            return;
        }
        BrokerTransaction transaction = begin();
        try {
            for (NativePublish each : publishes) {
                transaction.publish(log, each);
            }
        } catch (BrokerException e) {
            publishes.forEach(each -> each.batch().release());
            throw e;
        }
        var unused = transaction.commit(); // each of them is told
    }

    /**
     * Messages for {@code queue}, for a transaction, which whoever asked adds them to, or releases them. Releases
     * {@code messages} in any case.
     */
    public SpreadPublish spread(QueueDefinition queue, List<SharedMessage> messages) {
        SpreadPublish spread = new SpreadPublish(topics);
        try {
            messages.forEach(each -> spread.add(List.of(queue), each));
            return spread;
        } catch (IllegalArgumentException e) {
            spread.release();
            throw new BrokerException(BrokerError.INVALID, String.valueOf(e.getMessage()));
        } finally {
            messages.forEach(SharedMessage::release);
        }
    }

    /** Checks what {@code publish} brings, and says what {@code log} says for messages that do not say it. */
    void prepare(DefinedLog log, NativePublish publish) {
        checkSize(log, publish.batch().largestMessageBytes());
        publish.to(log);
    }

    /** Throws {@link BrokerException} where a message of {@code bytes} is larger than {@code log} allows. */
    void checkSize(DefinedLog log, int bytes) {
        int most = Math.min(log.messageBytesMax(), options.messageBytesMax());
        if (bytes > most) {
            throw new BrokerException(
                    BrokerError.MESSAGE_TOO_LARGE,
                    "a message of " + bytes + " bytes is larger than " + log.title() + " allows, " + most);
        }
    }

    /**
     * Stores messages in the queues and topics to which {@code exchange} and its bindings lead at this moment, each
     * once in each of them. Answered when all of these have them on stable storage: for each message where, nowhere if
     * it is unroutable. Where one refuses, the answer is its refusal, and others may have stored messages; so may a
     * crash before the answer leave it. What is too large for one of them is refused before anything is stored, by a
     * {@link BrokerException} that is thrown. Releases {@code publish} in any case.
     */
    public CompletableFuture<List<List<RoutedPublish.Stored>>> publish(Exchange exchange, RoutedPublish publish) {
        return FanOut.begin(this, catalog.snapshot(), exchange, publish);
    }

    private CompletableFuture<?> fire(Schedule schedule, long dueMillis) {
        return new ScheduleFiring(this, schedule, dueMillis).noted(dueMillis).commit();
    }

    /**
     * Publishes the message of {@code schedule} now, beside its due times; where it is then, as for a publish to an
     * exchange, but in all queues or in none.
     */
    public CompletableFuture<List<RoutedPublish.Stored>> fireNow(Schedule schedule) {
        return new ScheduleFiring(this, schedule, world.clock().epochMillis()).commit();
    }

    /** Leases messages to a consumer. */
    public void receive(QueueDefinition queue, Receive receive) {
        Shard shard = shard(queue);
        run(shard, () -> shard.receive(queue.logId(), receive));
    }

    /** Settles leases. */
    public void settle(QueueDefinition queue, Settlement settlement) {
        Shard shard = shard(queue);
        run(shard, () -> shard.settle(queue.logId(), settlement));
    }

    /** Removes every message that no consumer holds. */
    public void purge(QueueDefinition queue, Purge purge) {
        Shard shard = shard(queue);
        run(shard, () -> shard.purge(queue.logId(), purge));
    }

    /** Looks at messages without disturbing them. */
    public void peek(QueueDefinition queue, Peek peek) {
        Shard shard = shard(queue);
        run(shard, () -> shard.peek(queue.logId(), peek));
    }

    /** Reads entries of {@code log}, whole and in order, and changes nothing. */
    public void fetch(DefinedLog log, Fetch fetch) {
        Shard shard = shard(log);
        run(shard, () -> shard.fetch(log.logId(), fetch));
    }

    /** Ends a fetch of {@code log} whose client has gone. */
    public void cancel(DefinedLog log, Fetch fetch) {
        Shard shard = shard(log);
        run(shard, () -> shard.cancel(fetch));
    }

    /** Searches {@code log} for a time. */
    public void findTime(DefinedLog log, FindTime find) {
        Shard shard = shard(log);
        run(shard, () -> shard.findTime(log.logId(), find));
    }

    /** A queue at this moment; null where it is gone. */
    public CompletableFuture<@Nullable QueueStats> stats(QueueDefinition queue) {
        return stats(List.of(queue)).thenApply(all -> all.get(queue.logId()));
    }

    /** Several logs, each at one moment, by log; those that are gone are left out. */
    public CompletableFuture<Map<Long, QueueStats>> stats(List<? extends DefinedLog> logs) {
        Map<Shard, List<DefinedLog>> byShard = new HashMap<>();
        logs.forEach(log ->
                byShard.computeIfAbsent(shard(log), shard -> new ArrayList<>()).add(log));
        CompletableFuture<Map<Long, QueueStats>> all = CompletableFuture.completedFuture(new HashMap<>());
        for (Map.Entry<Shard, List<DefinedLog>> each : byShard.entrySet()) {
            CompletableFuture<Map<Long, QueueStats>> part = new CompletableFuture<>();
            run(each.getKey(), () -> {
                Map<Long, QueueStats> stats = new HashMap<>();
                for (DefinedLog log : each.getValue()) {
                    QueueStats now = each.getKey().stats(log.logId());
                    if (now != null) {
                        stats.put(log.logId(), now);
                    }
                }
                part.complete(stats);
            });
            all = all.thenCombine(part, (sum, stats) -> {
                sum.putAll(stats);
                return sum;
            });
        }
        return all;
    }

    /** Changes the settings of a queue; answered when that is durable and deliveries go by it. */
    public CompletableFuture<QueueDefinition> configureQueue(QueueKey key, UnaryOperator<QueueSettings> change) {
        return catalog.configureQueue(key, change).thenCompose(changed -> {
            CompletableFuture<QueueDefinition> done = new CompletableFuture<>();
            Shard shard = shard(changed);
            run(shard, () -> {
                shard.settingsChanged(changed.logId());
                done.complete(changed);
            });
            return done;
        });
    }

    /** Removes a queue and everything in it; answered when that is durable. */
    public CompletableFuture<QueueDefinition> deleteQueue(QueueDefinition queue) {
        return catalog.deleteQueue(queue.queue()).thenApply(deleted -> {
            Shard shard = shard(deleted);
            run(shard, () -> shard.drop(deleted.logId()));
            return deleted;
        });
    }

    /**
     * Refuses everything from now on and answers those who wait. Completes when what was taken before is answered or
     * cannot be.
     */
    public CompletableFuture<Void> beginClose() {
        closing = true;
        run(catalogShard(), scheduler::close);
        redrives.close();
        List<CompletableFuture<Void>> closed = new ArrayList<>();
        for (Shard each : shards) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            closed.add(done);
            run(each, () -> {
                each.close();
                each.whenSynced(() -> done.complete(null), reason -> done.complete(null));
            });
        }
        return CompletableFuture.allOf(closed.toArray(new CompletableFuture<?>[0]));
    }

    /** Ends the store. After {@link #beginClose}; the loops must not run shards any more. */
    public void close(long waitMillis) throws IOException {
        store.close(waitMillis);
    }

    Shard catalogShard() {
        return shards.get(0);
    }

    Shard shard(DefinedLog log) {
        Check.that(log.shard() < shards.size(), "shard %d of %d", log.shard(), shards.size());
        return shards.get(log.shard());
    }

    /** Runs {@code command} where operations on {@code log} run. */
    void onLoopOf(DefinedLog log, Runnable command) {
        run(shard(log), command);
    }

    static void run(Shard shard, Runnable command) {
        if (shard.loop().isCurrent()) {
            command.run();
        } else {
            shard.loop().execute(command);
        }
    }
}

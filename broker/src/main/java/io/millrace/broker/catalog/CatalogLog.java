package io.millrace.broker.catalog;

import io.millrace.base.Check;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.catalog.Definition.BindingDefinition;
import io.millrace.broker.catalog.Definition.ExchangeDefinition;
import io.millrace.broker.catalog.Definition.FiringDefinition;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.Definition.ScheduleDefinition;
import io.millrace.broker.catalog.Definition.SubscriptionDefinition;
import io.millrace.broker.catalog.Definition.TopicDefinition;
import io.millrace.broker.routing.RoutingTable;
import io.millrace.broker.schedule.ScheduleTable;
import io.millrace.engine.Publish;
import io.millrace.engine.Purge;
import io.millrace.engine.Refusal;
import io.millrace.engine.Shard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The log of the definitions: appends and settles them, and publishes what is in force once it is synced. Changes run
 * on the loop of shard 0, one after the other.
 *
 * <p>A binding whose exchange or destination is removed is dead from that moment on, for both are known by ids that are
 * never used twice: their removal is one record. So are the firing of a schedule and the subscriptions of a topic. The
 * entries of what is dead are settled afterwards, at most {@value #SWEPT_PER_TURN} of them in a turn of the loop; what
 * a crash leaves of them is found at the start.
 */
final class CatalogLog {
    private static final int SHARD = 0;
    private static final int SWEPT_PER_TURN = 256;

    /** The shard that holds the definitions; null until the replay is over. */
    private @Nullable Shard shard;
    /** The offset of the entry of each definition in force, by key, with those under way. The loop's. */
    private final Map<String, Long> offsets = new HashMap<>();
    /** The definitions by the offset of their entry. The loop's. */
    private final TreeMap<Long, Definition> byOffset = new TreeMap<>();
    /** With the changes that are not yet synced. The loop's. */
    private CatalogSnapshot working = CatalogSnapshot.EMPTY;
    /** How many those are, and those that have failed. The loop's. */
    private long underWay;
    /** Bindings and firings of what is gone, whose entries are to be settled. The loop's. */
    private final ArrayDeque<Definition> dead = new ArrayDeque<>();

    private volatile CatalogSnapshot published = CatalogSnapshot.EMPTY;

    /** What is in force now. Any thread. */
    CatalogSnapshot published() {
        return published;
    }

    /** What will be in force when all that is under way is synced. On the loop. */
    CatalogSnapshot working() {
        return working;
    }

    // Replay, on the opening thread.

    void replay(long offset, ByteBuf body) {
        Definition definition = DefinitionJson.read(ByteBufUtil.getBytes(body));
        byOffset.put(offset, definition);
    }

    void replaySettled(long first, long count) {
        byOffset.subMap(first, first + count).clear();
    }

    void finishReplay() {
        List<Definition> dependents = new ArrayList<>();
        byOffset.forEach((offset, definition) -> {
            offsets.put(definition.key(), offset);
            if (definition instanceof BindingDefinition
                    || definition instanceof FiringDefinition
                    || definition instanceof SubscriptionDefinition) {
                dependents.add(definition);
            } else {
                working = working.plus(definition);
            }
        });
        for (Definition each : dependents) {
            if (working.isAlive(each)) {
                working = working.plus(each);
            } else {
                dead.add(each);
            }
        }
        published = working;
    }

    void start(Shard catalogShard) {
        Check.that(catalogShard.id() == SHARD, "the catalog is in shard 0");
        shard = catalogShard;
        // A crash between the entry of a new version and the settlement of the old one leaves both.
        for (Long offset : byOffset.keySet().toArray(new Long[0])) {
            Definition definition = Check.notNull(byOffset.get(offset), "the key is there");
            if (!offset.equals(offsets.get(definition.key()))) {
                byOffset.remove(offset);
                catalogShard.discard(Shard.CATALOG_LOG, offset, Purge.UNHEARD);
            }
        }
        sweep();
    }

    // Changes.

    interface Change<T> {
        /** Decides, and has {@code done} completed later; throws what is to be answered at once. */
        void run(CompletableFuture<T> done);
    }

    /** Runs {@code change} on the loop. Any thread. */
    <T> CompletableFuture<T> change(Change<T> change) {
        CompletableFuture<T> done = new CompletableFuture<>();
        shard().loop().execute(() -> {
            try {
                change.run(done);
            } catch (IllegalArgumentException e) {
                done.completeExceptionally(new BrokerException(BrokerError.INVALID, String.valueOf(e.getMessage())));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /** A number that no definition had before: that of the next entry, plus one. On the loop. */
    long nextId() {
        return shard().nextOffset(Shard.CATALOG_LOG) + 1;
    }

    <T extends Definition> void append(T definition, CompletableFuture<T> done) {
        append(definition, () -> done.complete(definition), done);
    }

    void append(Definition definition, Runnable whenInForce, CompletableFuture<?> done) {
        CatalogSnapshot next = working.plus(definition); // throws where it cannot be
        DefinitionPublish publish = new DefinitionPublish(
                definition,
                stored -> {
                    underWay--;
                    published = underWay == 0 ? working : published.plus(definition);
                    whenInForce.run();
                },
                reason -> done.completeExceptionally(refused(reason)));
        long offset = shard().nextOffset(Shard.CATALOG_LOG);
        underWay++;
        shard().publish(Shard.CATALOG_LOG, publish);
        if (done.isCompletedExceptionally()) {
            underWay--;
            return; // refused at once: nothing was appended
        }
        working = next;
        supersede(definition, offset);
    }

    /** The entry at {@code offset} stands in the place of the one before with the same key, if there is one. */
    private void supersede(Definition definition, long offset) {
        byOffset.put(offset, definition);
        Long before = offsets.put(definition.key(), offset);
        if (before != null) {
            byOffset.remove(before);
            shard().discard(Shard.CATALOG_LOG, before, Purge.UNHEARD);
        }
    }

    /**
     * A publish to this log, for a transaction whose coordinator is this shard: it notes how far a schedule has fired,
     * and is in force when the transaction is committed. At most one for each schedule is under way.
     */
    Publish firing(FiringDefinition firing) {
        return new DefinitionPublish(firing, offset -> onFired(firing, offset), reason -> {});
    }

    private void onFired(FiringDefinition firing, long offset) {
        if (!working.isAlive(firing)) {
            shard().discard(Shard.CATALOG_LOG, offset, Purge.UNHEARD); // the schedule was removed meanwhile
            return;
        }
        working = working.plus(firing);
        published = underWay == 0 ? working : published.plus(firing);
        supersede(firing, offset);
    }

    <T extends Definition> void remove(T definition, CompletableFuture<T> done) {
        List<Definition> dying = dependentsOf(definition);
        working = working.minus(definition);
        long offset = Check.notNull(offsets.remove(definition.key()), "a definition in force has an entry");
        byOffset.remove(offset);
        underWay++;
        shard().discard(Shard.CATALOG_LOG, offset, new Purge() {
            @Override
            protected void onPurged(long messages) {
                underWay--;
                published = underWay == 0 ? working : published.minus(definition);
                done.complete(definition);
                bury(dying);
            }

            @Override
            protected void onRefused(Refusal reason) {
                done.completeExceptionally(refused(reason));
            }
        });
    }

    /** Answers with what is there, but not before it is synced: it may have been made a moment ago. */
    <T> void answerWhenSynced(T there, CompletableFuture<T> done) {
        shard().whenSynced(() -> done.complete(there), reason -> done.completeExceptionally(refused(reason)));
    }

    private static BrokerException refused(Refusal reason) {
        return BrokerException.refused(reason, "of the catalog");
    }

    // What is dead.

    private List<Definition> dependentsOf(Definition removed) {
        RoutingTable routing = working.routing();
        List<Definition> dependents = new ArrayList<>();
        if (removed instanceof QueueDefinition queue) {
            routing.bindingsTo(queue.logId()).forEach(each -> dependents.add(new BindingDefinition(each)));
        } else if (removed instanceof TopicDefinition topic) {
            routing.bindingsTo(topic.topic().id()).forEach(each -> dependents.add(new BindingDefinition(each)));
            working.subscriptions().of(topic.topic()).forEach(each -> dependents.add(new SubscriptionDefinition(each)));
        } else if (removed instanceof ExchangeDefinition exchange) {
            long id = exchange.exchange().id();
            routing.bindingsTo(id).forEach(each -> dependents.add(new BindingDefinition(each)));
            routing.bindings(id, 0).forEach(each -> dependents.add(new BindingDefinition(each)));
        } else if (removed instanceof ScheduleDefinition schedule) {
            dependents.add(new FiringDefinition(schedule.schedule().id(), ScheduleTable.NOT_FIRED));
        }
        return dependents;
    }

    private void bury(List<Definition> dependents) {
        boolean isSweeping = !dead.isEmpty();
        dead.addAll(dependents);
        if (!isSweeping) {
            sweep();
        }
    }

    /** Settles the entries of some that are dead, and goes on in another turn. */
    private void sweep() {
        for (int left = SWEPT_PER_TURN; left > 0 && !dead.isEmpty(); left--) {
            Definition definition = dead.remove();
            Long offset = offsets.remove(definition.key());
            if (offset != null) { // null: removed by itself before, or twice, or there is no firing
                byOffset.remove(offset);
                working = working.minus(definition);
                published = published.minus(definition);
                shard().discard(Shard.CATALOG_LOG, offset, Purge.UNHEARD);
            }
        }
        if (!dead.isEmpty()) {
            shard().loop().execute(this::sweep);
        }
    }

    private Shard shard() {
        return Check.notNull(shard, "the catalog was started");
    }
}

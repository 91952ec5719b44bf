package io.millrace.broker.catalog;

import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.Definition.SpaceDefinition;
import io.millrace.broker.catalog.Definition.UserDefinition;
import io.millrace.broker.security.User;
import io.millrace.broker.security.UserDirectory;
import io.millrace.engine.Publish;
import io.millrace.engine.Purge;
import io.millrace.engine.Refusal;
import io.millrace.engine.Shard;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the definitions. Changes may be asked for on any thread and run on the loop of shard 0, one after the other;
 * each is decided on what is in force and what is under way, and answered when it is synced and published.
 */
public final class Catalog implements UserDirectory {
    private static final int SHARD = 0;

    private final Clock clock;
    private final int shards;
    /** The shard that holds the definitions; null until the replay is over. */
    private @Nullable Shard shard;
    /** The offset of the entry of each definition in force, by key, with those under way. The loop's. */
    private final Map<String, Long> offsets = new HashMap<>();
    /** The definitions by the offset of their entry. The loop's. */
    private final TreeMap<Long, Definition> byOffset = new TreeMap<>();
    /** With the changes that are not yet synced. The loop's. */
    private CatalogSnapshot working = CatalogSnapshot.EMPTY;

    private volatile CatalogSnapshot published = CatalogSnapshot.EMPTY;

    /** Makes an empty catalog for a broker with {@code shards} shards. */
    public Catalog(Clock clock, int shards) {
        this.clock = clock;
        this.shards = shards;
    }

    /** What is in force now. Any thread. */
    public CatalogSnapshot snapshot() {
        return published;
    }

    @Override
    public boolean isEmpty() {
        return published.users().isEmpty();
    }

    @Override
    public @Nullable User byName(String name) {
        return published.users().get(name);
    }

    @Override
    public @Nullable User byAccessKey(String accessKeyId) {
        return published.userByAccessKey(accessKeyId);
    }

    // Replay, on the opening thread.

    /** Takes a stored definition; a later one with the same key stands in its place. */
    public void replay(long offset, ByteBuf body) {
        Definition definition = DefinitionJson.read(ByteBufUtil.getBytes(body));
        byOffset.put(offset, definition);
    }

    /** Forgets the definitions of {@code count} offsets from {@code first} on. */
    public void replaySettled(long first, long count) {
        byOffset.subMap(first, first + count).clear();
    }

    /** Ends the replay: what was found is in force. */
    public void finishReplay() {
        byOffset.forEach((offset, definition) -> {
            offsets.put(definition.key(), offset);
            working = working.plus(definition);
        });
        published = working;
    }

    /** Begins to take changes. On the loop of {@code catalogShard}, which is started. */
    public void start(Shard catalogShard) {
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
    }

    // Changes, on any thread.

    /**
     * Makes a queue with {@code settings}; where it is there with the same ones, that is the answer; with others, the
     * answer is {@link BrokerError#QUEUE_EXISTS}.
     */
    public CompletableFuture<QueueCreation> createQueue(QueueKey key, QueueSettings settings) {
        return change(done -> {
            requireSpace(key.space());
            QueueDefinition there = working.queue(key);
            if (there != null && !there.settings().equals(settings)) {
                throw new BrokerException(
                        BrokerError.QUEUE_EXISTS, "queue " + key.name() + " exists with other settings");
            }
            if (there != null) {
                answerWhenSynced(new QueueCreation(there, false), done);
                return;
            }
            long logId = shard().nextOffset(Shard.CATALOG_LOG) + 1;
            int home = (int) (logId % shards);
            QueueDefinition made = new QueueDefinition(key, logId, home, clock.epochMillis(), settings);
            append(made, () -> done.complete(new QueueCreation(made, true)), done);
        });
    }

    /** Changes the settings of a queue. */
    public CompletableFuture<QueueDefinition> configureQueue(QueueKey key, UnaryOperator<QueueSettings> change) {
        return change(done -> {
            QueueDefinition there = requireQueue(key);
            append(there.with(change.apply(there.settings())), done);
        });
    }

    /** Removes a queue; its messages are the caller's to drop. */
    public CompletableFuture<QueueDefinition> deleteQueue(QueueKey key) {
        return change(done -> remove(requireQueue(key), done));
    }

    /** Makes a space; fine where it is there. */
    public CompletableFuture<SpaceDefinition> createSpace(SpaceName name) {
        return change(done -> {
            SpaceDefinition there = working.spaces().get(name);
            if (there != null || name.equals(SpaceName.ROOT)) {
                answerWhenSynced(there != null ? there : new SpaceDefinition(name, 0), done);
            } else {
                append(new SpaceDefinition(name, clock.epochMillis()), done);
            }
        });
    }

    /** Removes a space without queues and users. */
    public CompletableFuture<SpaceDefinition> deleteSpace(SpaceName name) {
        return change(done -> {
            SpaceDefinition there = working.spaces().get(name);
            if (there == null) {
                throw new BrokerException(BrokerError.SPACE_NOT_FOUND, "there is no space " + name + " that was made");
            }
            boolean hasQueues = working.queues(name, "").findAny().isPresent();
            boolean hasUsers = working.users().values().stream()
                    .anyMatch(user -> user.space().equals(name));
            if (hasQueues || hasUsers) {
                throw new BrokerException(
                        BrokerError.SPACE_NOT_EMPTY, "space " + name + " still has queues or users; remove them first");
            }
            remove(there, done);
        });
    }

    /** Makes or changes a user: {@code change} is given the user as they are, a new one where there is none. */
    public CompletableFuture<UserDefinition> putUser(String name, UnaryOperator<User> change) {
        return change(done -> {
            User there = working.users().get(name);
            User changed = change.apply(there == null ? User.named(name) : there);
            requireSpace(changed.space());
            append(new UserDefinition(changed), done);
        });
    }

    /** Changes a user who is there. */
    public CompletableFuture<UserDefinition> changeUser(String name, UnaryOperator<User> change) {
        return change(done -> {
            User changed = change.apply(requireUser(name));
            requireSpace(changed.space());
            append(new UserDefinition(changed), done);
        });
    }

    /** Removes a user; connections of theirs may do nothing from then on. */
    public CompletableFuture<UserDefinition> deleteUser(String name) {
        return deleteUser(name, user -> {});
    }

    /** The same, unless {@code check}, which is given the user as they are, throws. */
    public CompletableFuture<UserDefinition> deleteUser(String name, Consumer<User> check) {
        return change(done -> {
            User there = requireUser(name);
            check.accept(there);
            remove(new UserDefinition(there), done);
        });
    }

    private interface Change<T> {
        /** Decides, and has {@code done} completed later; throws what is to be answered at once. */
        void run(CompletableFuture<T> done);
    }

    private <T> CompletableFuture<T> change(Change<T> change) {
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

    private QueueDefinition requireQueue(QueueKey key) {
        QueueDefinition there = working.queue(key);
        if (there == null) {
            throw new BrokerException(BrokerError.QUEUE_NOT_FOUND, "there is no queue " + key.name());
        }
        return there;
    }

    private User requireUser(String name) {
        User there = working.users().get(name);
        if (there == null) {
            throw new BrokerException(BrokerError.USER_NOT_FOUND, "there is no user " + name);
        }
        return there;
    }

    private void requireSpace(SpaceName name) {
        if (!working.hasSpace(name)) {
            throw new BrokerException(BrokerError.SPACE_NOT_FOUND, "there is no space " + name);
        }
    }

    // The log, on the loop.

    private <T extends Definition> void append(T definition, CompletableFuture<T> done) {
        append(definition, () -> done.complete(definition), done);
    }

    private void append(Definition definition, Runnable whenInForce, CompletableFuture<?> done) {
        DefinitionPublish publish = new DefinitionPublish(
                definition,
                () -> {
                    published = published.plus(definition);
                    whenInForce.run();
                },
                reason -> done.completeExceptionally(BrokerException.refused(reason, "of the catalog")));
        long offset = shard().nextOffset(Shard.CATALOG_LOG);
        shard().publish(Shard.CATALOG_LOG, publish);
        if (done.isCompletedExceptionally()) {
            return; // refused at once: nothing was appended
        }
        working = working.plus(definition);
        byOffset.put(offset, definition);
        Long before = offsets.put(definition.key(), offset);
        if (before != null) {
            byOffset.remove(before);
            shard().discard(Shard.CATALOG_LOG, before, Purge.UNHEARD);
        }
    }

    private <T extends Definition> void remove(T definition, CompletableFuture<T> done) {
        working = working.minus(definition);
        long offset = Check.notNull(offsets.remove(definition.key()), "a definition in force has an entry");
        byOffset.remove(offset);
        shard().discard(Shard.CATALOG_LOG, offset, new Purge() {
            @Override
            protected void onPurged(long messages) {
                published = published.minus(definition);
                done.complete(definition);
            }

            @Override
            protected void onRefused(Refusal reason) {
                done.completeExceptionally(BrokerException.refused(reason, "of the catalog"));
            }
        });
    }

    /** Answers with what is there, but not before it is synced: it may have been made a moment ago. */
    private <T> void answerWhenSynced(T there, CompletableFuture<T> done) {
        shard().whenSynced(
                        () -> done.complete(there),
                        reason -> done.completeExceptionally(BrokerException.refused(reason, "of the catalog")));
    }

    private Shard shard() {
        return Check.notNull(shard, "the catalog was started");
    }

    /** A definition on its way into the log. */
    private static final class DefinitionPublish extends Publish {
        private final byte[] json;
        private final Runnable whenStored;
        private final Consumer<Refusal> whenRefused;

        DefinitionPublish(Definition definition, Runnable whenStored, Consumer<Refusal> whenRefused) {
            this.json = DefinitionJson.write(definition);
            this.whenStored = whenStored;
            this.whenRefused = whenRefused;
        }

        @Override
        public int count() {
            return 1;
        }

        @Override
        public int bodyBytes() {
            return json.length;
        }

        @Override
        public void writeBody(ByteBuf target) {
            target.writeBytes(json);
        }

        @Override
        public void fill(EntryEnvelope envelope) {
            envelope.format = BodyFormat.DEFINITION;
        }

        @Override
        protected void onStored(long offset) {
            whenStored.run();
        }

        @Override
        protected void onRefused(Refusal reason) {
            whenRefused.accept(reason);
        }
    }
}

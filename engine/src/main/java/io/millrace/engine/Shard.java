package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.engine.checkpoint.ShardPast;
import io.millrace.engine.index.ShardIndexes;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.segment.SegmentUse;
import io.millrace.engine.time.ExpiryTimer;
import io.millrace.engine.time.ShardTime;
import io.millrace.engine.transaction.TransactionTable;
import io.millrace.storage.Extent;
import io.millrace.storage.Replay;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardLogListener;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One shard: the only writer of its log and the owner of its queues. First the log's records are given to
 * {@link #replay}, then {@link #start} begins a new epoch, then the commands may be called, all on the shard's loop.
 *
 * <p>Commands append records and return; what they asked for is answered when the records are synced. Work that many
 * commands share (sending records off, serving waiting receives) is done once at the end of the turn.
 */
public final class Shard implements ShardLogListener {
    /** The log of shard 0 that holds the catalog. */
    public static final long CATALOG_LOG = 0;

    private final int id;
    private final Clock clock;
    private final Loop loop;
    private final ShardHost host;
    private final EngineLimits limits;
    private final ShardTime time;
    private final LeaseTable leases;
    private final ShardIndexes indexes;
    private final ShardQueues queues;
    private final TransactionTable transactionTable = new TransactionTable();
    private final PendingCompletions pending = new PendingCompletions();
    private final PartContext context;
    private final Runnable endTurn = this::endTurn;
    private final Consumer<Queue> serve = this::serve;
    private final ExpiryTimer expiryTimer;
    private final ShardReplay replay;
    private final Subscriptions subscriptions = new Subscriptions(this);
    private final LeaseTokens tokens = new LeaseTokens();
    private @Nullable ShardParts parts;
    private @Nullable Refusal refusing;
    private boolean turnPosted;
    private long epoch;

    /** Makes a shard without a past. */
    public Shard(int id, Clock clock, Loop loop, ShardHost host, EngineLimits limits) {
        this.id = id;
        this.clock = clock;
        this.loop = loop;
        this.host = host;
        this.limits = limits;
        this.time = new ShardTime(clock);
        this.leases = new LeaseTable(clock.nanoTime());
        this.context = new PartContext(this);
        SegmentUse segments = new SegmentUse();
        this.indexes = new ShardIndexes(context, segments, new DueMessages(this), new ExpiringMessages(this));
        this.queues = new ShardQueues(context, indexes, segments, host.indexMemory(), context);
        this.expiryTimer = new ExpiryTimer(clock, loop, leases.timers(), this::onExpiry);
        this.replay = new ShardReplay(this);
    }

    /** The number of the shard. */
    public int id() {
        return id;
    }

    /** The loop that everything here runs on. */
    public Loop loop() {
        return loop;
    }

    /** The receiver of the records of this shard's log, before {@link #start}. */
    public Replay replay() {
        return replay;
    }

    /**
     * Begins a new epoch on {@code shardLog}, whose records were replayed; {@code whenReady} runs when it is synced.
     * Commands may come after that. Where it fails the host hears of it.
     */
    public void start(ShardLog shardLog, Runnable whenReady) {
        time.begin();
        ShardPast past = replay.past();
        parts = ShardParts.of(this, shardLog, past);
        epoch = past.epoch();
        tokens.begin(epoch);
        replay.finish();
        await(parts().writer().start(epoch, clock.epochMillis()), Completion.of(whenReady, reason -> {}));
        if (!queues.all().isEmpty()) {
            parts().retention().onChanged();
        }
        queues.all().forEach(parts()::askFirst);
        queues.all().forEach(queues::wake);
        parts().settling().expireLapsed();
        indexes.open(shardLog);
        touch();
    }

    // Commands.

    /** Stores messages in the queue with log {@code logId}. */
    public void publish(long logId, Publish publish) {
        Queue queue = open(logId);
        if (refusing != null || queue == null) {
            publish.onRefused(refusing != null ? refusing : Refusal.QUEUE_NOT_FOUND);
        } else if (logId == CATALOG_LOG) {
            // Definitions are few, and it takes some to remove queues and to let old files go.
            parts().intake().append(queue, publish);
        } else {
            parts().intake().offer(queue, publish);
        }
    }

    /** Has what a transaction does here take effect as a whole, or prepared. */
    void take(TransactionPart part) {
        parts().transactions().take(part);
        touch();
    }

    /** Leases messages of the queue with log {@code logId} to a consumer. */
    public void receive(long logId, Receive receive) {
        Queue queue = open(logId);
        if (refusing != null || queue == null) {
            receive.onRefused(refusing != null ? refusing : Refusal.QUEUE_NOT_FOUND);
        } else {
            parts().leasing().receive(queue, receive);
            touch();
        }
    }

    /** Ends a receive whose consumer has gone; it is not answered any more. */
    public void cancel(Receive receive) {
        parts().leasing().cancel(receive);
        touch();
    }

    /** The further subscriptions of its logs. */
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    /** Those who are attached to its queues. */
    public Consumers consumers() {
        return parts().leasing().consumers();
    }

    /** Settles leases on messages of the queue with log {@code logId}. */
    public void settle(long logId, Settlement settlement) {
        Queue queue = openOr(logId, settlement::onRefused);
        if (queue != null) {
            parts().settling().settle(queue, settlement);
            touch();
        }
    }

    /** Begins to move dead letters, which are moved by transactions: these can be recovered no more after that. */
    public void beginMoving() {
        parts().deadLettering().open(queues.all());
    }

    /** What its host says of log {@code logId} may have changed; dead letters that wait go on to where they go now. */
    public void settingsChanged(long logId) {
        Queue queue = open(logId);
        if (queue != null) {
            parts().askPolicies(queue);
            parts().deadLettering().goOn(queue);
        }
    }

    /** Settles every message of the queue that no consumer holds. */
    public void purge(long logId, Purge purge) {
        Queue queue = openOr(logId, purge::onRefused);
        if (queue != null) {
            parts().settling().purge(queue, purge);
            touch();
        }
    }

    /** Settles the one message at {@code offset}, which is not leased. */
    public void discard(long logId, long offset, Purge purge) {
        Queue queue = openOr(logId, purge::onRefused);
        if (queue != null) {
            parts().settling().discard(queue, offset, purge);
            touch();
        }
    }

    /** Looks at messages of the queue with log {@code logId}. */
    public void peek(long logId, Peek peek) {
        Queue queue = openOr(logId, peek::onRefused);
        if (queue != null) {
            Peeking.peek(this, queue, peek, parts().log(), parts().reads());
        }
    }

    /** Reads entries of log {@code logId}, which stay as they are. */
    public void fetch(long logId, Fetch fetch) {
        Queue queue = openOr(logId, fetch::onRefused);
        if (queue != null) {
            parts().fetching().fetch(queue, fetch);
        }
    }

    /** What keeps the messages of some log has changed. */
    public void keepPolicyChanged() {
        parts().retention().onChanged();
    }

    /** Ends a fetch whose client has gone; it is not answered any more. */
    public void cancel(Fetch fetch) {
        parts().fetching().cancel(fetch);
    }

    /** Searches log {@code logId} for a time. */
    public void findTime(long logId, FindTime find) {
        Queue queue = openOr(logId, find::onRefused);
        if (queue != null) {
            parts().fetching().findTime(queue, find, 0);
        }
    }

    /** The queue with log {@code logId} at this moment; null where it is not defined. */
    public @Nullable QueueStats stats(long logId) {
        Queue queue = open(logId);
        int waiting = queue == null || parts == null ? 0 : parts.leasing().waiting(queue);
        return queue == null ? null : QueueStats.of(queue, waiting);
    }

    /** Forgets the queue with log {@code logId}, which is not defined any more, and all subscriptions of it. */
    public void drop(long logId) {
        Queue queue = refusing == null ? queues.get(logId) : null;
        if (queue != null) {
            List.copyOf(queue.subscriptions()).forEach(each -> drop(each.log().id()));
            parts().forget(queue);
            queues.forget(logId);
            parts().writer().drop(logId);
            parts().checkpointing().onDropped(logId);
            touch();
        }
    }

    /** The offset that the next message of log {@code logId} will have. */
    public long nextOffset(long logId) {
        Queue queue = open(logId);
        return queue == null ? 0 : queue.log().nextOffset();
    }

    /** Runs {@code synced} once everything appended so far is on stable storage, else {@code lost}. */
    public void whenSynced(Runnable synced, Consumer<Refusal> lost) {
        if (refusing == Refusal.STORAGE_FAILED) {
            lost.accept(refusing);
        } else if (parts().log().appendedPosition() == parts().log().syncedPosition()) {
            synced.run();
        } else {
            await(parts().log().appendedPosition() - 1, Completion.of(synced, lost));
        }
    }

    /** Refuses everything from now on, and tells those who wait. What was appended is still synced and answered. */
    public void close() {
        if (refusing != Refusal.STORAGE_FAILED) {
            refuse(Refusal.CLOSING);
            touch();
        }
    }

    /** The logs that are open, for comparison with the catalog after the replay. */
    public List<Long> openLogs() {
        return List.copyOf(queues.logs());
    }

    /** Operations that wait for the log. */
    public int pendingCount() {
        return pending.size();
    }

    // The log's progress.

    @Override
    public void onSynced(long position) {
        pending.complete(this, position);
        parts().earlyAnswers().onWritten(position);
        indexes.onSynced();
        touch();
    }

    @Override
    public void onFailed(IOException cause) {
        refuse(Refusal.STORAGE_FAILED);
        pending.lose(this, Refusal.STORAGE_FAILED);
        host.onFailed(this, cause);
    }

    @Override
    public void onTrimWanted(long position) {
        if (refusing == null) {
            parts().checkpointing().onTrimWanted(position);
            touch();
        }
    }

    @Override
    public void onTrim(long position, boolean adopt) {
        if (refusing == null) {
            parts().checkpointing().onTrim(position, adopt);
            touch();
        }
    }

    @Override
    public void onVacate(Extent adopted) {
        if (refusing == null) {
            parts().checkpointing().onVacate(adopted);
            touch();
        }
    }

    @Override
    public void onSpaceChanged(boolean hasSpace) {
        if (refusing == null) {
            parts().intake().review();
            parts().checkpointing().onSpaceChanged();
            touch();
        }
    }

    @Override
    public void onBehindChanged(boolean isBehind) {
        if (refusing == null) {
            parts().intake().review();
            touch();
        }
    }

    private void refuse(Refusal reason) {
        if (refusing == null) {
            indexes.close();
        }
        refusing = reason;
        if (parts != null) {
            parts.refuseWaiting(queues.all(), reason);
        }
    }

    // Turns and time.

    /** Has {@link #endTurn} run after the tasks that already wait. */
    void touch() {
        if (!turnPosted) {
            turnPosted = true;
            loop.execute(endTurn);
        }
    }

    private void endTurn() {
        turnPosted = false;
        queues.serveAwake(serve);
        parts().lengthLimits().enforce();
        parts().dying().record();
        if (refusing == null && time.isToBeRecorded()) {
            parts().writer().start(epoch, clock.epochMillis());
        }
        parts().log().flush();
        parts().earlyAnswers().answerAppended();
        expiryTimer.arm();
    }

    private void serve(Queue queue) {
        if (refusing == null) {
            parts().leasing().serveWaiting(queue);
            parts().fetching().serveWaiting(queue);
        }
    }

    private void onExpiry() {
        if (refusing == null) {
            leases.timers().advance(clock.nanoTime(), parts().leasing());
            touch();
        }
    }

    // What the parts of the shard share.

    void await(long position, Completion completion) {
        pending.add(position, completion);
    }

    /** Has the block read that the index of {@code queue} has missed, and {@code whenLoaded} run afterwards. */
    void loadIndex(Queue queue, Runnable whenLoaded) {
        parts().indexLoader().load(queue.log().entries(), () -> {
            whenLoaded.run();
            touch();
        });
    }

    void onDamage(Queue queue, long offset, Exception failure) {
        host.onDamage(this, queue.log().id(), offset, failure);
    }

    /** Messages of {@code queue} went back unseen; the first {@code durable} of them are under leases on disk. */
    void onGivenBack(Queue queue, long[] offsets, int durable) {
        if (durable > 0) {
            parts().settling().noteReturned(queue, offsets, durable);
            touch();
        }
        queues.wake(queue);
    }

    LeaseTokens tokens() {
        return tokens;
    }

    /** The open queue of a log, opened if it is defined; null where it is not. */
    @Nullable
    Queue open(long logId) {
        Queue queue = queues.get(logId);
        if (queue == null && refusing == null && host.isDefined(this, logId)) {
            queue = queues.make(logId, 0);
            parts().askPolicies(queue);
            parts().retention().onChanged();
        }
        return queue;
    }

    @Nullable
    Queue openOr(long logId, Consumer<Refusal> refused) {
        Queue queue = open(logId);
        if (refusing != null || queue == null) {
            refused.accept(refusing != null ? refusing : Refusal.QUEUE_NOT_FOUND);
            return null;
        }
        return queue;
    }

    boolean isRefusing() {
        return refusing != null;
    }

    /** Why nothing of {@code queue} can be had any more; null where it can. */
    @Nullable
    Refusal refusal(@Nullable Queue queue) {
        boolean isThere = queue != null && !queue.isDropped();
        return refusing == null && !isThere ? Refusal.QUEUE_NOT_FOUND : refusing;
    }

    TransactionTable transactionTable() {
        return transactionTable;
    }

    PartContext context() {
        return context;
    }

    ShardQueues queues() {
        return queues;
    }

    ShardIndexes indexes() {
        return indexes;
    }

    ShardTime time() {
        return time;
    }

    LeaseTable leases() {
        return leases;
    }

    Clock clock() {
        return clock;
    }

    ShardHost host() {
        return host;
    }

    EngineLimits limits() {
        return limits;
    }

    ShardParts parts() {
        return Check.notNull(parts, "the shard was started");
    }
}

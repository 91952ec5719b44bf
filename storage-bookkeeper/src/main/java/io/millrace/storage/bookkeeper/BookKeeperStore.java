package io.millrace.storage.bookkeeper;

import io.millrace.base.Agent;
import io.millrace.base.AgentHost;
import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.storage.Damage;
import io.millrace.storage.OwnershipLostException;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardLogListener;
import io.millrace.storage.ShardStore;
import io.millrace.storage.StoreBackups;
import io.millrace.storage.StoreFigures;
import io.millrace.storage.StoreSpace;
import io.millrace.storage.bookkeeper.StoreOpening.OpenShard;
import io.millrace.storage.tail.GuardedAgent;
import io.millrace.storage.tail.LoopNotice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shard logs and segments of one store on a BookKeeper cluster; {@link #open} takes them over from whoever has
 * them. Of two stores that are open on the same root, the one that was opened last confirms, and the other one never
 * again.
 */
public final class BookKeeperStore implements ShardStore {
    private static final Logger LOG = LoggerFactory.getLogger(BookKeeperStore.class);
    private static final long CLOSE_MILLIS_MAX = 5000;

    /** Bytes that were flushed and that their logs do not know to be synced. */
    final AtomicLong unsyncedBytes = new AtomicLong();

    private final StoreOpening opening;
    private final List<OpenShard> shards;
    private final LedgerShardLog[] logs;
    private final LoopNotice[] notices;
    private final SegmentAgent segments = new SegmentAgent();
    private final ReadQueue reads = new ReadQueue();
    private final OrphanSweep sweep;
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    private final List<AgentHost.Handle> handles = new ArrayList<>();
    private volatile AgentHost.@Nullable Handle segmentHandle;
    private @Nullable Thread sweeper;

    private BookKeeperStore(StoreOpening opening, List<OpenShard> shards) {
        this.opening = opening;
        this.shards = shards;
        this.logs = new LedgerShardLog[shards.size()];
        this.notices = new LoopNotice[shards.size()];
        Map<Integer, Set<Long>> named = new HashMap<>();
        shards.forEach(each ->
                named.put(each.link().shard(), Set.copyOf(each.claimed().state().ledgers())));
        this.sweep = new OrphanSweep(
                opening.ledgers(), opening.counters, opening.identity().epoch(), named);
    }

    /**
     * Opens the store that {@code options} name, made if it is not there: fences the writers before, and replays what
     * is stored; {@code replays} gives the receiver for each shard. Throws {@link OwnershipLostException} where
     * somebody else opens the store at the same time and wins.
     */
    public static BookKeeperStore open(
            BookKeeperOptions options, Clock clock, RandomGenerator random, IntFunction<Replay> replays)
            throws IOException {
        StoreOpening opening = new StoreOpening(options, clock);
        return new BookKeeperStore(opening, opening.run(random, replays));
    }

    /** What the store has done. */
    public BookKeeperCounters counters() {
        return opening.counters;
    }

    @Override
    public @Nullable IOException failure() {
        return failure.get();
    }

    @Override
    public StoreSpace space() {
        return StoreSpace.UNKNOWN;
    }

    @Override
    public List<Damage> damages() {
        return opening.damages();
    }

    @Override
    public StoreFigures figures() {
        return opening.counters.figures(logBytes());
    }

    /** Its ledgers are on several machines already, and a copy of some of them would be of no use. */
    @Override
    public @Nullable StoreBackups backups() {
        return null;
    }

    /** Bytes of the logs that a start would replay. Any thread. */
    public long logBytes() {
        long bytes = 0;
        for (LedgerShardLog each : logs) {
            if (each != null) {
                bytes += each.writable() - each.link().node().state().replayFrom();
            }
        }
        return bytes;
    }

    /** The number of this start: of two, the later one has the higher. */
    public long epoch() {
        return opening.identity().epoch();
    }

    @Override
    public ShardLog attach(int shard, Loop loop, ShardLogListener listener) {
        Check.that(logs[shard] == null && handles.isEmpty(), "a shard is attached once, before the start");
        OpenShard open = shards.get(shard);
        LedgerShardLog log = new LedgerShardLog(this, open.link(), open.position(), loop, listener);
        logs[shard] = log;
        opening.writer.set(
                shard, new LogWriter(log, open.link(), open.claimed().ledger(), opening.options, opening.clock));
        return log;
    }

    @Override
    public void start(AgentHost host) {
        Map<Loop, List<LedgerShardLog>> byLoop = new LinkedHashMap<>();
        for (LedgerShardLog log : logs) {
            Check.that(log != null, "every shard is attached");
            byLoop.computeIfAbsent(log.loop(), loop -> new ArrayList<>()).add(log);
        }
        byLoop.forEach((loop, logsOfLoop) -> {
            LoopNotice notice = new LoopNotice(
                    loop, logsOfLoop.stream().<Runnable>map(log -> log::tell).toList());
            logsOfLoop.forEach(log -> notices[log.shard()] = notice);
        });
        segmentHandle = start(host, "millrace-ledger-segments", segments);
        opening.writer.started(start(host, "millrace-ledger-writer", opening.writer));
        reviewBudget();
        new OwnershipWatch(opening.storeNodes, epoch(), opening.later, this::lost).run();
        Thread thread = new Thread(sweep, "millrace-ledger-sweep");
        thread.setDaemon(true);
        thread.start();
        sweeper = thread;
    }

    private AgentHost.Handle start(AgentHost host, String name, Agent agent) {
        AgentHost.Handle handle = host.start(name, new GuardedAgent(agent, this::failAll));
        handles.add(handle);
        return handle;
    }

    @Override
    public void beginClose() {
        opening.writer.beginClose();
    }

    @Override
    public boolean isDrained() {
        return opening.writer.drained().getCount() == 0;
    }

    @Override
    public void close(long waitMillis) throws IOException {
        beginClose();
        sweep.close();
        segments.beginClose();
        try {
            if (!handles.isEmpty() && !opening.writer.drained().await(waitMillis, TimeUnit.MILLISECONDS)) {
                LOG.warn("closing although not everything is synced; nobody was told that it is");
            }
            if (sweeper != null) {
                sweeper.join(CLOSE_MILLIS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // A job that waits for ZooKeeper is not to keep us.
        shards.forEach(each -> each.link().node().end(new IOException("the store is closed")));
        handles.forEach(AgentHost.Handle::close);
        segments.close();
        reads.close(CLOSE_MILLIS_MAX);
        closeLedgers();
        opening.close();
        for (LedgerShardLog log : logs) {
            if (log != null) {
                log.close();
            }
        }
    }

    private void closeLedgers() {
        CompletableFuture<?> closed = handles.isEmpty()
                ? CompletableFuture.allOf(shards.stream()
                        .map(each -> each.claimed().ledger().closeAsync())
                        .toArray(CompletableFuture<?>[]::new))
                : opening.writer.closeLedgers();
        try {
            Futures.await(closed, CLOSE_MILLIS_MAX, "closing the ledgers");
            Futures.await(opening.ledgers().deletes(), CLOSE_MILLIS_MAX, "deleting ledgers");
        } catch (IOException e) {
            // The next start recovers them.
            LOG.info("not all ledgers are closed: {}", e.getMessage());
        }
    }

    // What follows connects logs and agents.

    BookKeeperOptions options() {
        return opening.options;
    }

    ReadQueue reads() {
        return reads;
    }

    void wakeWriter() {
        opening.writer.wake();
    }

    void submit(LedgerShardLog log, SegmentJob job) {
        segments.submit(log, shards.get(log.shard()).segments(), job);
        AgentHost.Handle handle = segmentHandle;
        if (handle != null) {
            handle.raise();
        }
    }

    void reviewBudget() {
        opening.writer.execute(opening.writer::reviewBudget);
    }

    void post(int shard) {
        notices[shard].post();
    }

    void failed(int shard, IOException cause) {
        boolean isFirst = failure.compareAndSet(null, cause);
        if (!(cause instanceof OwnershipLostException)) {
            LOG.error(
                    "shard {} has failed, nothing of it is confirmed any more until a restart: {}",
                    shard,
                    cause.getMessage());
            if (isFirst) {
                LOG.error("shard {} was the first to fail", shard, cause);
            }
        } else if (isFirst) {
            LOG.error(
                    "this broker has lost its store on BookKeeper and confirms nothing any more: {}",
                    cause.getMessage());
            lost(cause);
        }
    }

    /** Who has lost one shard has lost them all, or will. */
    private void lost(IOException cause) {
        opening.writer.execute(() -> opening.writer.failAll(cause));
    }

    void failAll(IOException cause) {
        for (LedgerShardLog each : logs) {
            each.publishFailure(cause);
        }
        opening.writer.died();
    }
}

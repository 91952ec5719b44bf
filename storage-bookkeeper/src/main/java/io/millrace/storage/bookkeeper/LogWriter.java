package io.millrace.storage.bookkeeper;

import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.storage.OwnershipLostException;
import io.millrace.storage.tail.TailChunk;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.api.BKException;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the log of one shard: what is flushed becomes entries of the last ledger, as much per entry as waits, so many
 * entries at once. A ledger that is full is closed, and the log goes on in another one as soon as the node names that.
 * After an entry that could not be appended, the ledger is closed by recovery, and what did not get into it goes into
 * the next.
 *
 * <p>The writer agent's.
 */
final class LogWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
    private static final long PREPARE_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final LedgerShardLog log;
    private final ShardLink link;
    private final BookKeeperOptions.Sizes sizes;
    private final long repairNanos;
    private final Clock clock;
    private final ArrayDeque<Sent> inFlight = new ArrayDeque<>();

    private State state = State.WRITING;
    private WriteHandle ledger;
    /** Ledgers that were given up and what was sent to them are of an older generation. */
    private int generation;

    private long ledgerBytes;
    /** Up to where the stream was sent, and up to where records are whole with that. */
    private long sent;

    private long sentRecords;
    private long synced;
    /** The chunk that {@link #sent} is in, and the oldest that is not synced as a whole. */
    private @Nullable TailChunk chunk;

    private @Nullable TailChunk oldest;
    /** The next ledger, which no node names yet. */
    private @Nullable WriteHandle prepared;

    private boolean preparing;
    private long prepareAtNanos;
    private long repairUntilNanos;

    private enum State {
        WRITING,
        SWITCHING,
        REPAIRING,
        FAILED
    }

    /** An entry on its way: where it begins, what it holds, up to where records are whole with it, when it was sent. */
    private record Sent(long position, int bytes, long recordsTo, long atNanos) {}

    LogWriter(LedgerShardLog log, ShardLink link, WriteHandle ledger, BookKeeperOptions options, Clock clock) {
        this.log = log;
        this.link = link;
        this.ledger = ledger;
        this.sizes = options.sizes();
        this.repairNanos = TimeUnit.MILLISECONDS.toNanos(options.repairMillis());
        this.clock = clock;
        this.sent = log.writable();
        this.sentRecords = sent;
        this.synced = sent;
        this.prepareAtNanos = clock.nanoTime();
    }

    /** Sends what can be sent; returns whether anything was. */
    boolean work() {
        boolean worked = false;
        while (state == State.WRITING && maySend()) {
            send();
            worked = true;
        }
        if (state == State.WRITING && ledgerBytes >= sizes.ledgerBytes()) {
            roll();
        }
        return worked;
    }

    private boolean maySend() {
        boolean full = prepared != null && ledgerBytes >= sizes.ledgerBytes() && sentRecords == sent;
        return !full && inFlight.size() < sizes.entriesInFlight() && sent < log.writable();
    }

    /** Whether everything flushed is synced, or never will be. */
    boolean isDrained() {
        return state == State.FAILED || (state == State.WRITING && inFlight.isEmpty() && sent == log.writable());
    }

    private void send() {
        // Read first: the chunks up to there are linked then.
        long limit = log.writable();
        TailChunk at = seek();
        CompositeByteBuf entry = PooledByteBufAllocator.DEFAULT.compositeBuffer(Integer.MAX_VALUE);
        long position = sent;
        long recordsFrom = position;
        long recordsTo;
        long end;
        if (at.oversized) {
            long chunkEnd = at.start + at.buffer.capacity();
            end = Math.min(chunkEnd, position + sizes.entryBytes());
            addSlice(entry, at, position, end);
            recordsFrom = position == at.start ? position : chunkEnd;
            recordsTo = end == chunkEnd ? chunkEnd : at.start;
        } else {
            end = gather(entry, at, position, limit);
            recordsTo = end;
        }
        ByteBuf header = PooledByteBufAllocator.DEFAULT.directBuffer(EntryHeader.BYTES);
        new EntryHeader(log.shard(), link.epoch(), position, recordsFrom, recordsTo).encode(header);
        entry.addComponent(true, 0, header);
        sent = end;
        sentRecords = recordsTo;
        ledgerBytes += end - position;
        Sent one = new Sent(position, (int) (end - position), recordsTo, clock.nanoTime());
        inFlight.add(one);
        int sentInGeneration = generation;
        var unused = ledger.appendAsync(entry)
                .whenComplete((id, failure) -> link.agent().execute(() -> answered(sentInGeneration, id, failure)));
    }

    /** Adds the whole records of as many chunks as fit; returns the position behind them. */
    private long gather(CompositeByteBuf entry, TailChunk first, long from, long limit) {
        TailChunk at = first;
        long position = from;
        while (true) {
            TailChunk next = at.next();
            long end = next == null ? limit : Math.min(limit, at.end());
            if (end - from > sizes.entryBytes() && position > from) {
                return position;
            }
            addSlice(entry, at, position, end);
            position = end;
            if (next == null || position == limit || next.oversized) {
                return position;
            }
            at = next;
        }
    }

    private static void addSlice(CompositeByteBuf entry, TailChunk chunk, long from, long to) {
        entry.addComponent(true, chunk.buffer.retainedSlice((int) (from - chunk.start), (int) (to - from)));
    }

    /** The chunk that {@link #sent} is in. */
    private TailChunk seek() {
        TailChunk at = chunk;
        if (at == null) {
            at = Check.notNull(log.takeFirstChunk(), "what was flushed is in a chunk");
            oldest = at;
        }
        for (TailChunk next = at.next(); next != null && sent >= at.end(); next = at.next()) {
            at = next;
        }
        chunk = at;
        return at;
    }

    private void answered(int ofGeneration, @Nullable Long entryId, @Nullable Throwable failure) {
        if (ofGeneration != generation || state == State.FAILED) {
            return;
        }
        if (failure != null || entryId == null) {
            beginRepair(failure == null ? new IllegalStateException("no entry id") : failure);
            return;
        }
        Sent one = inFlight.remove();
        link.reader().index(ledger.getId()).add(entryId, one.position);
        link.counters().entries.increment();
        link.counters().appendedBytes.add(one.bytes);
        link.counters().appendNanos.add(clock.nanoTime() - one.atNanos);
        publish(one.recordsTo);
    }

    private void publish(long position) {
        if (position > synced) {
            synced = position;
            TailChunk at = oldest;
            if (at != null) {
                for (TailChunk next = at.next(); next != null && at.end() <= position; next = at.next()) {
                    at = next;
                }
                oldest = at;
            }
            log.publishSynced(position);
        }
    }

    // The ledger is full.

    private void roll() {
        WriteHandle next = prepared;
        if (next == null) {
            prepare();
        } else if (inFlight.isEmpty() && sent == sentRecords) {
            switchTo(next);
        }
    }

    /** Has the next ledger made; where that does not work, the one there is gets longer until it does. */
    private void prepare() {
        if (preparing || clock.nanoTime() - prepareAtNanos < 0) {
            return;
        }
        preparing = true;
        var unused = link.create(LedgerKind.LOG)
                .whenComplete((made, failure) -> link.agent().execute(() -> {
                    preparing = false;
                    if (failure != null) {
                        LOG.warn(
                                "shard {}: no new ledger, the log stays in the old one: {}",
                                log.shard(),
                                failure.toString());
                        prepareAtNanos = clock.nanoTime() + PREPARE_PAUSE_NANOS;
                    } else if (state == State.FAILED) {
                        link.deleteUnnamed(made.getId());
                    } else {
                        prepared = made;
                    }
                }));
    }

    private void switchTo(WriteHandle next) {
        state = State.SWITCHING;
        long end = sent;
        var unused = ledger.closeAsync()
                .whenComplete((closed, failure) -> link.agent().execute(() -> {
                    if (state == State.FAILED) {
                        return;
                    }
                    if (failure != null) {
                        beginRepair(failure);
                        return;
                    }
                    link.counters().rolls.increment();
                    goOn(next, end);
                }));
    }

    /** Has the node name {@code next} as what follows from {@code from} on; then writes to it. */
    private void goOn(WriteHandle next, long from) {
        LogLedger before = Check.notNull(link.node().state().last(), "a log has a ledger");
        if (prepared == next) {
            prepared = null;
        }
        discardPrepared();
        var unused = link.node()
                .change(current -> current.continued(current.epoch(), from, next.getId()))
                .whenComplete((named, failure) -> link.agent().execute(() -> {
                    if (failure != null) {
                        fail(Futures.failure("going on in another ledger", failure));
                    } else if (state != State.FAILED) {
                        if (before.from() == from) {
                            link.deleteUnnamed(before.ledger());
                        }
                        use(next, from);
                    }
                }));
    }

    private void use(WriteHandle next, long from) {
        link.handles().writing(next);
        link.handles().written(ledger.getId());
        ledger = next;
        ledgerBytes = 0;
        sent = from;
        sentRecords = from;
        chunk = oldest;
        generation++;
        state = State.WRITING;
        publish(from);
        link.agent().execute(link.agent()::reviewBudget);
    }

    // The ledger does not take entries any more.

    private void beginRepair(Throwable failure) {
        generation++;
        inFlight.clear();
        int code = Ledgers.code(failure);
        if (code == BKException.Code.LedgerFencedException) {
            fail(new OwnershipLostException("shard " + log.shard() + ": ledger " + ledger.getId()
                    + " was fenced, another owner has the shard"));
            return;
        }
        LOG.warn(
                "shard {}: ledger {} takes no more entries, going on in another: {}",
                log.shard(),
                ledger.getId(),
                BKException.getMessage(code));
        state = State.REPAIRING;
        repairUntilNanos = clock.nanoTime() + repairNanos;
        link.counters().repairs.increment();
        repair();
    }

    private void repair() {
        LogLedger last = Check.notNull(link.node().state().last(), "a log has a ledger");
        var unused = LogEnd.recover(link.ledgers(), log.shard(), last)
                .thenCompose(end -> link.create(LedgerKind.LOG)
                        .thenAccept(next -> link.agent().execute(() -> repaired(end, next))))
                .exceptionally(failure -> {
                    link.agent().execute(() -> tryAgain(failure));
                    return null;
                });
    }

    private void repaired(long end, WriteHandle next) {
        if (state == State.FAILED) {
            link.deleteUnnamed(next.getId());
        } else if (end < synced) {
            link.deleteUnnamed(next.getId());
            fail(new IOException("shard " + log.shard() + ": ledger " + ledger.getId() + " ends at " + end
                    + " although it was confirmed up to " + synced));
        } else {
            goOn(next, end);
        }
    }

    private void tryAgain(Throwable failure) {
        if (state == State.FAILED) {
            return;
        }
        if (clock.nanoTime() - repairUntilNanos > 0) {
            fail(Futures.failure("shard " + log.shard() + ": the bookies do not come back", failure));
        } else {
            link.later().execute(() -> link.agent().execute(() -> {
                if (state == State.REPAIRING) {
                    repair();
                }
            }));
        }
    }

    /** Ends the log: nothing is reported as synced from here on. */
    void fail(IOException cause) {
        if (state != State.FAILED) {
            state = State.FAILED;
            generation++;
            inFlight.clear();
            discardPrepared();
            link.node().end(cause);
            log.publishFailure(cause);
        }
    }

    /** Bytes of the log from where a start replays on; none of one that has failed. */
    long keptBytes() {
        return state == State.FAILED ? 0 : sent - link.node().state().replayFrom();
    }

    /** Wants the oldest ledger trimmed if it is not the one that is written to; returns how many bytes are in it. */
    long wantOldestTrimmed() {
        ShardState now = link.node().state();
        for (LogLedger each : now.chain()) {
            if (each.to() > now.replayFrom()) {
                if (each.to() == LogLedger.OPEN) {
                    return 0;
                }
                log.publishTrimWanted(each.to());
                return each.to() - now.replayFrom();
            }
        }
        return 0;
    }

    private void discardPrepared() {
        WriteHandle unused = prepared;
        if (unused != null) {
            prepared = null;
            link.deleteUnnamed(unused.getId());
        }
    }

    /** Closes the ledger, so that the next start need not recover it. The agent has ended. */
    CompletableFuture<Void> close() {
        discardPrepared();
        return state == State.WRITING ? ledger.closeAsync() : CompletableFuture.completedFuture(null);
    }
}

package io.millrace.storage.bookkeeper;

import static io.millrace.storage.bookkeeper.EntryHeader.RECORD_PREFIX_BYTES;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.Damage;
import io.millrace.storage.Replay;
import io.millrace.storage.ShardLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.bookkeeper.client.api.LedgerEntries;
import org.apache.bookkeeper.client.api.LedgerEntry;
import org.apache.bookkeeper.client.api.ReadHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the records of a shard's log to their owner: entry by entry, in the order of the stream. What comes twice is
 * passed over; what none of the bookies has undamaged is reported as lost, up to the next record. On one of the
 * threads that replay.
 */
final class LogReplay {
    private static final Logger LOG = LoggerFactory.getLogger(LogReplay.class);
    /** Entries asked for at once; the next ones are on their way while these are replayed. */
    private static final int ENTRIES_AT_ONCE = 8;

    private static final long READ_MILLIS_MAX = 60_000;

    private final ShardLink link;
    private final Replay replay;
    private final Consumer<Damage> damages;
    /** The position of the next byte that is to come. */
    private long next;
    /** The record that has begun and not ended, with its prefix. */
    private @Nullable ByteBuf partial;
    /** The position from which on records are lost; -1 where none are. */
    private long lostFrom = -1;

    private String lostReason = "";

    LogReplay(ShardLink link, Replay replay, Consumer<Damage> damages) {
        this.link = link;
        this.replay = replay;
        this.damages = damages;
    }

    /** Replays what the node says; the last ledger, which this start has made, is empty. */
    void run() throws IOException {
        ShardState state = link.node().state();
        next = state.replayFrom();
        try {
            for (LogLedger each : state.chain()) {
                if (each.to() > state.replayFrom() && each.to() != LogLedger.OPEN) {
                    replay(each);
                }
            }
            lost(next);
        } catch (CorruptEntryException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            dropPartial();
        }
    }

    private void replay(LogLedger ledger) throws IOException, CorruptEntryException {
        String name = "ledger " + ledger.ledger() + " of shard " + link.shard();
        ReadHandle handle = Futures.await(link.handles().get(ledger.ledger()), READ_MILLIS_MAX, name);
        long last = handle.getLastAddConfirmed();
        long entry = next <= ledger.from() ? 0 : firstEntry(handle, ledger, name);
        CompletableFuture<LedgerEntries> read = read(handle, entry, last);
        while (entry <= last) {
            long behind = Math.min(last + 1, entry + ENTRIES_AT_ONCE);
            CompletableFuture<LedgerEntries> ahead = read(handle, behind, last);
            try {
                replay(ledger, handle, read, entry, behind);
            } catch (Throwable e) {
                var unused = ahead.thenAccept(LedgerEntries::close);
                throw e;
            }
            entry = behind;
            read = ahead;
        }
        if (next < ledger.to()) {
            losing(name + " ends at " + next + ", not at " + ledger.to());
            next = ledger.to();
            dropPartial();
        }
    }

    private long firstEntry(ReadHandle handle, LogLedger ledger, String name) throws IOException {
        try {
            return Futures.await(link.reader().entryAt(handle, ledger, next), READ_MILLIS_MAX, name);
        } catch (IOException e) {
            if (Ledgers.isDamage(e)) {
                return 0; // what is before is passed over
            }
            throw e;
        }
    }

    private static CompletableFuture<LedgerEntries> read(ReadHandle handle, long first, long last) {
        return first > last
                ? CompletableFuture.failedFuture(new IllegalStateException("nothing is left to read"))
                : handle.readAsync(first, Math.min(last, first + ENTRIES_AT_ONCE - 1));
    }

    private void replay(
            LogLedger ledger, ReadHandle handle, CompletableFuture<LedgerEntries> read, long first, long behind)
            throws IOException, CorruptEntryException {
        String name = "ledger " + ledger.ledger() + " of shard " + link.shard();
        try (LedgerEntries entries = Futures.await(read, READ_MILLIS_MAX, name)) {
            for (LedgerEntry each : entries) {
                take(ledger, each);
            }
            return;
        } catch (IOException e) {
            if (!Ledgers.isDamage(e)) {
                throw e;
            }
        }
        for (long entry = first; entry < behind; entry++) {
            String place = name + ", entry " + entry;
            try (LedgerEntries one = Futures.await(handle.readAsync(entry, entry), READ_MILLIS_MAX, place)) {
                take(ledger, one.getEntry(entry));
            } catch (IOException e) {
                if (!Ledgers.isDamage(e)) {
                    throw e;
                }
                losing(place + " is damaged on every bookie that has it");
            }
        }
    }

    private void take(LogLedger ledger, LedgerEntry entry) throws CorruptEntryException {
        String place = "ledger " + entry.getLedgerId() + ", entry " + entry.getEntryId();
        ByteBuf content = entry.getEntryBuffer().duplicate();
        EntryHeader header = EntryHeader.decode(content, link.shard(), place);
        link.reader().index(entry.getLedgerId()).add(entry.getEntryId(), header.position());
        long from = header.position();
        long to = Math.min(from + content.readableBytes(), ledger.to());
        if (from > next) {
            losing(place + " begins at " + from + ", what is before it is missing");
            next = Math.max(from, header.recordsFrom());
            dropPartial();
            if (header.recordsFrom() < to) {
                lost(next);
            }
        }
        if (to <= next) {
            return;
        }
        content.skipBytes((int) (next - from));
        lost(next);
        parse(content.readSlice((int) (to - next)), place);
        next = to;
    }

    private void parse(ByteBuf bytes, String place) throws CorruptEntryException {
        long position = next;
        int begin = bytes.readerIndex();
        while (bytes.isReadable()) {
            ByteBuf part = partial;
            if (part == null && isWhole(bytes, place)) {
                long at = position + bytes.readerIndex() - begin;
                replay.onRecord(at, bytes.readSlice(bytes.readInt()));
                continue;
            }
            if (part == null) {
                part = PooledByteBufAllocator.DEFAULT.directBuffer(RECORD_PREFIX_BYTES);
                partial = part;
            }
            int wanted = part.readableBytes() < RECORD_PREFIX_BYTES
                    ? RECORD_PREFIX_BYTES
                    : RECORD_PREFIX_BYTES + length(part, place);
            part.writeBytes(bytes, Math.min(bytes.readableBytes(), wanted - part.readableBytes()));
            if (part.readableBytes() >= RECORD_PREFIX_BYTES
                    && part.readableBytes() == RECORD_PREFIX_BYTES + length(part, place)) {
                long at = position + bytes.readerIndex() - begin - part.readableBytes();
                replay.onRecord(at, part.skipBytes(RECORD_PREFIX_BYTES));
                dropPartial();
            }
        }
    }

    private static boolean isWhole(ByteBuf bytes, String place) throws CorruptEntryException {
        return bytes.readableBytes() >= RECORD_PREFIX_BYTES
                && bytes.readableBytes() >= RECORD_PREFIX_BYTES + length(bytes, place);
    }

    private static int length(ByteBuf record, String place) throws CorruptEntryException {
        int length = record.getInt(record.readerIndex());
        if (length < 0 || length > ShardLog.RECORD_BYTES_MAX) {
            throw new CorruptEntryException(place, "a record of " + length + " bytes");
        }
        return length;
    }

    /** What comes next is not to be had. */
    private void losing(String reason) {
        if (lostFrom < 0) {
            ByteBuf part = partial;
            lostFrom = next - (part == null ? 0 : part.readableBytes());
            lostReason = reason;
        }
    }

    /** Records go on at {@code position}: what was lost before it is reported. */
    private void lost(long position) {
        if (lostFrom >= 0) {
            Damage damage = new Damage("log of shard " + link.shard(), lostFrom, position - lostFrom, lostReason);
            LOG.error("damaged: {}; what it held is not served", damage);
            damages.accept(damage);
            replay.onLost(lostFrom, position, lostReason);
            lostFrom = -1;
        }
    }

    private void dropPartial() {
        ByteBuf part = partial;
        if (part != null) {
            part.release();
            partial = null;
        }
    }
}

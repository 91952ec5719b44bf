package io.millrace.storage.bookkeeper;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.ReadBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.bookkeeper.client.api.LedgerEntries;
import org.apache.bookkeeper.client.api.LedgerEntry;
import org.apache.bookkeeper.client.api.ReadHandle;

/** Finds and reads what is in the ledgers of one shard. Any thread; nothing waits. */
final class ShardReader {
    /** So much is read at once rather than looked into more closely. */
    private static final int RANGE_BYTES = 2 * EntryIndex.SPACING_BYTES;

    private static final int SEGMENT_READ_BYTES_MAX = 1 << 20;

    private final int shard;
    private final ShardNode node;
    private final LedgerHandles handles;
    private final AtomicLong readable;
    private final Map<Long, EntryIndex> indexes = new ConcurrentHashMap<>();

    /** The log can be read up to {@code readable}, to begin with. */
    ShardReader(int shard, ShardNode node, LedgerHandles handles, long readable) {
        this.shard = shard;
        this.node = node;
        this.handles = handles;
        this.readable = new AtomicLong(readable);
    }

    /** From now on the log can be read up to {@code position}. */
    void readableTo(long position) {
        readable.set(position);
    }

    int shard() {
        return shard;
    }

    /** What is known about the entries of a ledger. */
    EntryIndex index(long ledger) {
        return indexes.computeIfAbsent(ledger, id -> new EntryIndex());
    }

    /** A ledger is not needed any more. */
    void forget(long ledger) {
        indexes.remove(ledger);
        handles.forget(ledger);
    }

    /**
     * Reads some bytes from {@code address} on: of the log, where {@code segment} is {@link ReadBatch#LOG}, else of
     * that segment; about {@code bytes} of them where that many are of use. At least one byte, or a failure.
     */
    CompletableFuture<Stretch> read(long segment, long address, int bytes) {
        return segment == ReadBatch.LOG ? readLog(address) : readSegment(segment, address, bytes);
    }

    private CompletableFuture<Stretch> readSegment(long segment, long offset, int bytes) {
        SegmentLedger ledger = node.state().segments().get(segment);
        if (ledger == null) {
            return CompletableFuture.failedFuture(new IOException("there is no such segment"));
        }
        if (offset < 0 || offset + bytes > ledger.bytes()) {
            return CompletableFuture.failedFuture(
                    new IOException(bytes + " bytes are not there, it ends at " + ledger.bytes()));
        }
        long first = offset / ledger.pieceBytes();
        long last = (offset + Math.max(1, Math.min(bytes, SEGMENT_READ_BYTES_MAX)) - 1) / ledger.pieceBytes();
        return handles.get(ledger.ledger())
                .thenCompose(handle -> handle.readAsync(first, last))
                .thenApply(entries -> {
                    try (entries) {
                        CompositeByteBuf content = PooledByteBufAllocator.DEFAULT.compositeBuffer(Integer.MAX_VALUE);
                        for (LedgerEntry each : entries) {
                            content.addComponent(true, each.getEntryBuffer().retain());
                        }
                        return new Stretch(segment, first * ledger.pieceBytes(), content);
                    }
                });
    }

    private CompletableFuture<Stretch> readLog(long position) {
        LogLedger ledger = node.state().find(position);
        if (ledger == null || position >= readable.get()) {
            return CompletableFuture.failedFuture(
                    new CorruptEntryException("shard " + shard + ", position " + position, "no ledger has it"));
        }
        return handles.get(ledger.ledger()).thenCompose(handle -> {
            long to = Math.min(ledger.to(), readable.get());
            long end = handle.getLastAddConfirmed() + 1;
            return readLog(handle, position, new EntryIndex.Range(0, ledger.from(), end, to));
        });
    }

    /** The entry of a closed ledger that holds {@code position}. */
    CompletableFuture<Long> entryAt(ReadHandle handle, LogLedger ledger, long position) {
        EntryIndex.Range all = new EntryIndex.Range(0, ledger.from(), handle.getLastAddConfirmed() + 1, ledger.to());
        return narrow(handle, position, all, 0).thenApply(EntryIndex.Range::entry);
    }

    private CompletableFuture<Stretch> readLog(ReadHandle handle, long position, EntryIndex.Range known) {
        return narrow(handle, position, known, RANGE_BYTES)
                .thenCompose(range -> handle.readAsync(range.entry(), range.entryEnd() - 1))
                .thenCompose(this::stretch)
                .exceptionallyCompose(failure -> {
                    if (!Ledgers.isDamage(failure)) {
                        return CompletableFuture.failedFuture(failure);
                    }
                    EntryIndex.Range range = index(handle.getId()).narrow(known, position);
                    return readAlone(handle, position, range.entry(), range.entryEnd());
                });
    }

    /** Reads entry by entry, since some of them are damaged, until {@code position} is in one. */
    private CompletableFuture<Stretch> readAlone(ReadHandle handle, long position, long entry, long end) {
        String place = "ledger " + handle.getId() + " of shard " + shard + ", position " + position;
        if (entry >= end) {
            return CompletableFuture.failedFuture(new CorruptEntryException(place, "no undamaged entry has it"));
        }
        return handle.readAsync(entry, entry)
                .thenCompose(this::stretch)
                .thenApply(Optional::of)
                .exceptionally(failure -> {
                    if (Ledgers.isDamage(failure)) {
                        return Optional.empty();
                    }
                    throw new CompletionException(Futures.cause(failure));
                })
                .thenCompose(found -> {
                    if (found.isEmpty()) {
                        return readAlone(handle, position, entry + 1, end);
                    }
                    Stretch stretch = found.get();
                    if (stretch.bytesFrom(ReadBatch.LOG, position) > 0) {
                        return CompletableFuture.completedFuture(stretch);
                    }
                    stretch.bytes().release();
                    return readAlone(handle, position, stretch.from() > position ? end : entry + 1, end);
                });
    }

    /** Looks into entries of {@code known} until {@code position} is in one of them, or in {@code bytes} of some. */
    private CompletableFuture<EntryIndex.Range> narrow(
            ReadHandle handle, long position, EntryIndex.Range known, int bytes) {
        EntryIndex index = index(handle.getId());
        EntryIndex.Range range = index.narrow(known, position);
        if (range.entryEnd() - range.entry() <= 1 || range.to() - range.from() <= bytes) {
            return CompletableFuture.completedFuture(range);
        }
        long middle = (range.entry() + range.entryEnd()) >>> 1;
        return handle.readAsync(middle, middle).thenCompose(entries -> {
            long begins;
            try (entries) {
                begins = header(entries.getEntry(middle)).position();
            } catch (CorruptEntryException e) {
                return CompletableFuture.failedFuture(e);
            }
            index.add(middle, begins);
            return narrow(
                    handle,
                    position,
                    begins <= position ? range.beginningAt(middle, begins) : range.endingAt(middle, begins),
                    bytes);
        });
    }

    private EntryHeader header(LedgerEntry entry) throws CorruptEntryException {
        ByteBuf content = entry.getEntryBuffer().duplicate();
        return EntryHeader.decode(content, shard, "ledger " + entry.getLedgerId() + ", entry " + entry.getEntryId());
    }

    private CompletableFuture<Stretch> stretch(LedgerEntries entries) {
        CompositeByteBuf content = PooledByteBufAllocator.DEFAULT.compositeBuffer(Integer.MAX_VALUE);
        long from = -1;
        try (entries) {
            for (LedgerEntry each : entries) {
                EntryHeader header = header(each);
                if (from < 0) {
                    from = header.position();
                } else if (header.position() != from + content.readableBytes()) {
                    throw new CorruptEntryException(
                            "ledger " + each.getLedgerId() + ", entry " + each.getEntryId(),
                            "it begins at " + header.position() + ", not at " + (from + content.readableBytes()));
                }
                content.addComponent(
                        true,
                        each.getEntryBuffer()
                                .retainedSlice(
                                        each.getEntryBuffer().readerIndex() + EntryHeader.BYTES,
                                        each.getEntryBuffer().readableBytes() - EntryHeader.BYTES));
            }
            return CompletableFuture.completedFuture(new Stretch(ReadBatch.LOG, from, content));
        } catch (CorruptEntryException | RuntimeException e) {
            content.release();
            return CompletableFuture.failedFuture(e);
        }
    }
}

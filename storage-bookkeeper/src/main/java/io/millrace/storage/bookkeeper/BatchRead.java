package io.millrace.storage.bookkeeper;

import static io.millrace.storage.bookkeeper.EntryHeader.RECORD_PREFIX_BYTES;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.ReadBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One {@link ReadBatch} on its way: its records in the order of their places, one after the other, so that what one
 * read has brought serves its neighbours, and memory is bounded by the largest of them. Passes from thread to thread,
 * as the reads are answered.
 */
final class BatchRead {
    private final ShardReader reader;
    private final ReadBatch batch;
    private final Runnable onDone;
    private final int[] order;
    private int next;
    private @Nullable Stretch stretch;
    private @Nullable ByteBuf target;

    /** {@code onDone} is run when every record was given or failed, on whatever thread. */
    BatchRead(ShardReader reader, ReadBatch batch, Runnable onDone) {
        this.reader = reader;
        this.batch = batch;
        this.onDone = onDone;
        this.order = IntStream.range(0, batch.count())
                .boxed()
                .sorted(Comparator.<Integer>comparingLong(batch::segment).thenComparingLong(batch::address))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Goes on until it has to wait for a read. */
    void run() {
        while (next < order.length) {
            CompletableFuture<Stretch> read;
            try {
                read = advance();
            } catch (RuntimeException | OutOfMemoryError e) {
                fail(e);
                continue;
            }
            if (read == null) {
                continue;
            }
            if (!read.isDone()) {
                var unused = read.whenComplete((found, failure) -> {
                    arrived(found, failure);
                    run();
                });
                return;
            }
            var unused = read.whenComplete(this::arrived);
        }
        drop();
        onDone.run();
    }

    /**
     * Takes what is there of the record under way; returns the read that it waits for, null where it waits for none.
     */
    private @Nullable CompletableFuture<Stretch> advance() {
        int index = order[next];
        long segment = batch.segment(index);
        int wanted = batch.bytes(index);
        ByteBuf record = target;
        if (record == null) {
            record = PooledByteBufAllocator.DEFAULT.directBuffer(wanted, wanted);
            target = record;
        }
        int missing = wanted - record.writerIndex();
        if (missing > 0) {
            int prefix = segment == ReadBatch.LOG ? RECORD_PREFIX_BYTES : 0;
            long address = batch.address(index) + prefix + record.writerIndex();
            Stretch at = stretch;
            int there = at == null ? 0 : at.bytesFrom(segment, address);
            if (at == null || there == 0) {
                return reader.read(segment, address, missing);
            }
            at.copy(address, Math.min(there, missing), record);
            return null;
        }
        target = null;
        batch.give(index, record);
        next++;
        return null;
    }

    private void arrived(@Nullable Stretch found, @Nullable Throwable failure) {
        drop();
        if (found != null) {
            stretch = found;
        } else {
            fail(failure == null ? new IllegalStateException("nothing was read") : failure);
        }
    }

    private void fail(Throwable failure) {
        ByteBuf record = target;
        if (record != null) {
            record.release();
            target = null;
        }
        int index = order[next++];
        batch.fail(index, toReport(index, Futures.cause(failure)));
    }

    private Exception toReport(int index, Throwable cause) {
        if (cause instanceof CorruptEntryException corrupt) {
            return corrupt;
        }
        String place = "shard " + reader.shard() + ", segment " + batch.segment(index) + ", " + batch.address(index);
        if (Ledgers.isGone(cause)) {
            return new CorruptEntryException(place, "it is in no ledger any more: " + cause);
        }
        return Ledgers.isDamage(cause)
                ? new CorruptEntryException(place, "it is damaged on every bookie that has it")
                : Futures.failure(place, cause);
    }

    private void drop() {
        Stretch held = stretch;
        if (held != null) {
            held.bytes().release();
            stretch = null;
        }
    }
}

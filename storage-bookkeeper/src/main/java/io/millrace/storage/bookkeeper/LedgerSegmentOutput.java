package io.millrace.storage.bookkeeper;

import io.millrace.base.Check;
import io.millrace.storage.SegmentOutput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.jspecify.annotations.Nullable;

/**
 * A segment that is being written into a ledger, in pieces of one size, so that an offset says which entry it is in. So
 * many pieces are on their way at once; more wait. Used by one thread.
 */
abstract class LedgerSegmentOutput implements SegmentOutput {
    private static final int IN_FLIGHT_BYTES = 4 << 20;
    private static final long PIECE_MILLIS_MAX = 60_000;

    private final String name;
    private final WriteHandle ledger;
    private final int pieceBytes;
    private final ArrayDeque<CompletableFuture<Long>> inFlight = new ArrayDeque<>();
    private @Nullable ByteBuf piece;
    private long size;
    private boolean ended;

    LedgerSegmentOutput(String name, WriteHandle ledger, int pieceBytes) {
        this.name = name;
        this.ledger = ledger;
        this.pieceBytes = pieceBytes;
    }

    /** Has the shard's node name the ledger, which is closed. */
    abstract void name(SegmentLedger sealed) throws IOException;

    /** It will not be sealed: it is not there any more. On the thread that abandons it. */
    abstract void forget();

    /** Deletes the ledger, which no node names. */
    abstract void discard(long unnamed);

    @Override
    public void write(ByteBuffer source) throws IOException {
        Check.that(!ended, "a segment is written before it is ended");
        while (source.hasRemaining()) {
            ByteBuf target = piece;
            if (target == null) {
                target = PooledByteBufAllocator.DEFAULT.directBuffer(pieceBytes, pieceBytes);
                piece = target;
            }
            int length = Math.min(source.remaining(), target.writableBytes());
            target.writeBytes(source.slice(source.position(), length));
            source.position(source.position() + length);
            size += length;
            if (!target.isWritable()) {
                send(target);
            }
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void seal() throws IOException {
        Check.that(!ended, "a segment is ended once");
        ByteBuf last = piece;
        if (last != null) {
            send(last);
        }
        while (!inFlight.isEmpty()) {
            awaitOldest();
        }
        Futures.await(ledger.closeAsync(), PIECE_MILLIS_MAX, name);
        // From here on it may be named although we are told that it is not: then only a start can tell.
        ended = true;
        name(new SegmentLedger(ledger.getId(), size, pieceBytes));
    }

    @Override
    public void abandon() {
        ByteBuf rest = piece;
        if (rest != null) {
            rest.release();
            piece = null;
        }
        if (!ended) {
            ended = true;
            inFlight.clear();
            forget();
            long id = ledger.getId();
            var unused = ledger.closeAsync().whenComplete((closed, failure) -> discard(id));
        }
    }

    private void send(ByteBuf full) throws IOException {
        piece = null;
        while (inFlight.size() >= Math.max(1, IN_FLIGHT_BYTES / pieceBytes)) {
            try {
                awaitOldest();
            } catch (IOException e) {
                full.release();
                throw e;
            }
        }
        inFlight.add(ledger.appendAsync(full));
    }

    private void awaitOldest() throws IOException {
        Futures.await(inFlight.remove(), PIECE_MILLIS_MAX, name);
    }
}

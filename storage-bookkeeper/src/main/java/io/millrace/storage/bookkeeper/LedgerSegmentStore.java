package io.millrace.storage.bookkeeper;

import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentOutput;
import io.millrace.storage.SegmentStore;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The segments of one shard, each a ledger of its own, which the shard's node names once it is sealed. Used by one
 * thread at a time: the opening one, then the agent of the segments.
 */
final class LedgerSegmentStore implements SegmentStore {
    /** Reads are of one record or of a few pieces; bookies that are away for longer are not worth waiting for. */
    private static final long READ_MILLIS_MAX = 60_000;

    /** Longer than any repair: ZooKeeper is asked until it answers. */
    private static final long NODE_MILLIS_MAX = 120_000;

    private final ShardLink link;
    private final int pieceBytes;
    private final Set<Long> unsealed = ConcurrentHashMap.newKeySet();

    LedgerSegmentStore(ShardLink link, int pieceBytes) {
        this.link = link;
        this.pieceBytes = pieceBytes;
    }

    @Override
    public SegmentOutput create(long segment) throws IOException {
        if (segment < 1) {
            throw new IllegalArgumentException("segments have numbers from 1 on, not " + segment);
        }
        delete(segment);
        String name = name(segment);
        LedgerSegmentOutput output =
                new LedgerSegmentOutput(
                        name, Futures.await(link.create(LedgerKind.SEGMENT), READ_MILLIS_MAX, name), pieceBytes) {
                    @Override
                    void name(SegmentLedger ledger) throws IOException {
                        var named = link.node().change(before -> before.withSegment(segment, ledger));
                        Futures.await(named, NODE_MILLIS_MAX, name);
                        unsealed.remove(segment);
                    }

                    @Override
                    void forget() {
                        unsealed.remove(segment);
                    }

                    @Override
                    void discard(long ledger) {
                        link.deleteUnnamed(ledger);
                    }
                };
        unsealed.add(segment);
        return output;
    }

    @Override
    public void read(long segment, long offset, ByteBuffer target) throws IOException {
        readInto(segment, offset, target);
    }

    @Override
    public long size(long segment) throws IOException {
        SegmentLedger ledger = link.node().state().segments().get(segment);
        if (ledger == null) {
            throw new IOException(name(segment) + " is not there");
        }
        return ledger.bytes();
    }

    @Override
    public void readLog(long position, ByteBuffer target) throws IOException {
        readInto(ReadBatch.LOG, position, target);
    }

    @Override
    public void delete(long segment) throws IOException {
        SegmentLedger ledger = link.node().state().segments().get(segment);
        unsealed.remove(segment);
        if (ledger != null) {
            String name = name(segment);
            var unnamed = link.node().change(before -> before.withoutSegment(segment));
            Futures.await(unnamed, NODE_MILLIS_MAX, name);
            link.deleteUnnamed(ledger.ledger());
        }
    }

    @Override
    public List<Long> list() {
        Set<Long> all = new TreeSet<>(link.node().state().segments().keySet());
        all.addAll(unsealed);
        return new ArrayList<>(all);
    }

    private String name(long segment) {
        return "segment " + segment + " of shard " + link.shard();
    }

    private void readInto(long segment, long address, ByteBuffer target) throws IOException {
        CompletableFuture<ReadBatch> done = new CompletableFuture<>();
        ReadBatch batch = new ReadBatch() {
            @Override
            public void onComplete() {
                if (!done.complete(this)) {
                    release(this); // nobody waits any more
                }
            }
        };
        batch.add(segment, address, target.remaining());
        new BatchRead(link.reader(), batch, batch::onComplete).run();
        String what = segment == ReadBatch.LOG ? "position " + address : name(segment) + ", offset " + address;
        try {
            Futures.await(done, READ_MILLIS_MAX, what);
        } catch (IOException e) {
            if (!done.completeExceptionally(e) && !done.isCompletedExceptionally()) {
                release(batch);
            }
            throw e;
        }
        Exception failure = batch.failure(0);
        ByteBuf record = batch.take(0);
        if (record == null) {
            throw Futures.failure(what, failure == null ? new IllegalStateException("nothing was read") : failure);
        }
        record.readBytes(target);
        record.release();
    }

    private static void release(ReadBatch batch) {
        ByteBuf late = batch.take(0);
        if (late != null) {
            late.release();
        }
    }
}

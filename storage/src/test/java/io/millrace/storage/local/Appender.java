package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.Extent;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardLogListener;
import io.millrace.storage.ThreadLoop;
import io.millrace.storage.Trims;
import io.millrace.storage.local.ShardOwner.Replayed;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/**
 * Owns a shard: keeps records outstanding, appends the next ones when some are synced, reads and trims in between, and
 * checks all of it against a model. On its loop, but for the replay.
 */
final class Appender implements Replay, ShardLogListener {
    private static final int OUTSTANDING_MAX = 16;
    private static final int LARGE_BYTES = 1_200_000;

    /** Reached when all records are synced. */
    final CountDownLatch done = new CountDownLatch(1);

    private final ShardOwner seen = new ShardOwner();
    private final ShardModel model;
    private final SplittableRandom random;
    private int left;
    private int outstanding;
    private boolean stopped;
    private ShardLog log;
    private Trims trims;
    private ThreadLoop loop;
    private Throwable fault;

    Appender(ShardModel model, SplittableRandom random, int records) {
        this.model = model;
        this.random = random;
        this.left = records;
    }

    void attach(ShardLog attached, ThreadLoop itsLoop) {
        log = attached;
        loop = itsLoop;
    }

    ThreadLoop loop() {
        return loop;
    }

    void begin() {
        model.replayed(seen, log.appendedPosition());
        append();
    }

    void stop() {
        stopped = true;
    }

    /** After the loop has ended: throws what went wrong on it. */
    void finish() {
        assertThat(fault).isNull();
        assertThat(seen.lost).isEmpty();
    }

    private void append() {
        boolean any = false;
        while (!stopped && left > 0 && outstanding < OUTSTANDING_MAX) {
            byte[] record = new byte[random.nextInt(1500) == 0 ? LARGE_BYTES : random.nextInt(600)];
            random.nextBytes(record);
            log.reserve(record.length).writeBytes(record);
            model.appended(log.commit(), record);
            left--;
            outstanding++;
            any = true;
        }
        if (any) {
            log.flush();
        }
    }

    @Override
    public void onSynced(long position) {
        try {
            assertThat(loop.isCurrent()).isTrue();
            seen.onSynced(position);
            model.synced(position);
            outstanding = model.unsynced();
            lookBack();
            append();
            if (left == 0 && outstanding == 0) {
                done.countDown();
            }
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
        if (fault == null) {
            fault = e;
        }
        stopped = true;
        done.countDown();
    }

    /** Reads something old, and lets go of most of it from time to time. */
    private void lookBack() {
        if (stopped || random.nextInt(20) > 0) {
            return;
        }
        List<Replayed> readable = model.readable();
        if (readable.isEmpty()) {
            return;
        }
        Replayed wanted = readable.get(random.nextInt(readable.size()));
        if (random.nextInt(5) == 0) {
            trims().trim(wanted.position());
            model.trimmed(wanted.position());
            return;
        }
        ReadBatch batch = new ReadBatch() {
            @Override
            public void onComplete() {
                check(take(0), failure(0), wanted);
            }
        };
        batch.add(wanted.position(), wanted.record().length);
        log.read(batch);
    }

    private Trims trims() {
        if (trims == null) {
            trims = new Trims(log);
        }
        return trims;
    }

    private void check(ByteBuf record, Exception failure, Replayed wanted) {
        try {
            if (record == null) {
                boolean dying = failure instanceof IOException && stopped;
                assertThat(dying || !model.readable().contains(wanted))
                        .as("read of a trimmed record: %s", failure)
                        .isTrue();
                return;
            }
            assertThat(ByteBufUtil.getBytes(record)).isEqualTo(wanted.record());
        } catch (Throwable e) {
            failed(e);
        } finally {
            if (record != null) {
                record.release();
            }
        }
    }

    @Override
    public void onFailed(IOException cause) {
        stopped = true;
        seen.onFailed(cause);
        done.countDown();
    }

    @Override
    public void onTrimWanted(long position) {
        if (random.nextInt(3) > 0) {
            long trimmed = Math.min(position, log.syncedPosition());
            trims().trim(trimmed);
            model.trimmed(trimmed);
        }
    }

    @Override
    public void onTrim(long position, boolean adopt) {}

    @Override
    public void onVacate(Extent adopted) {}

    @Override
    public void onManifest(byte[] manifest, SegmentStore segments) {}

    @Override
    public void onSpaceChanged(boolean hasSpace) {}

    @Override
    public void onRecord(long position, ByteBuf record) {
        seen.onRecord(position, record);
    }

    @Override
    public void onLost(long from, long to, String reason) {
        seen.onLost(from, to, reason);
    }
}

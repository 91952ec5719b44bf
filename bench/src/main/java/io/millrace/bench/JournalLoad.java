package io.millrace.bench;

import io.millrace.base.AgentHost;
import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.Extent;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardLogListener;
import io.millrace.storage.local.LocalStore;
import io.millrace.storage.local.LocalStoreOptions;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Appenders on a local store, each with a number of appends under way: when one is synced, the next is sent. The
 * appenders are spread over the shards, the shards over two loops, as in a broker on two cores.
 */
final class JournalLoad implements AutoCloseable {
    private static final int LOOPS = 2;

    private final LocalStore store;
    private final List<BenchLoop> loops = new ArrayList<>();
    private final List<ShardAppenders> shards = new ArrayList<>();

    JournalLoad(Path directory, LocalStoreOptions options, int appenders, int outstanding, int recordBytes)
            throws IOException {
        store = LocalStore.open(
                directory, new DiskFileSystem(), Clock.SYSTEM, new Random(), options, shard -> new NoReplay());
        for (int i = 0; i < LOOPS; i++) {
            loops.add(new BenchLoop());
        }
        for (int shard = 0; shard < options.shards(); shard++) {
            int share = appenders / options.shards() + (shard < appenders % options.shards() ? 1 : 0);
            ShardAppenders each = new ShardAppenders(loops.get(shard % LOOPS), share * outstanding, recordBytes);
            each.attached = store.attach(shard, each.loop, each);
            shards.add(each);
        }
        store.start(AgentHost.THREADS);
    }

    LocalStore store() {
        return store;
    }

    /** Appends {@code records} records in all and returns when all are synced. */
    void run(long records) throws InterruptedException {
        List<ShardAppenders> active =
                shards.stream().filter(each -> each.window > 0).toList();
        CountDownLatch done = new CountDownLatch(active.size());
        long left = records;
        for (int i = 0; i < active.size(); i++) {
            long share = left / (active.size() - i);
            left -= share;
            ShardAppenders each = active.get(i);
            each.loop.execute(() -> each.begin(share, done));
        }
        done.await();
    }

    @Override
    public void close() throws IOException {
        loops.forEach(BenchLoop::close);
        store.close(10_000);
    }

    /** The appenders of one shard. On its loop. */
    private static final class ShardAppenders implements ShardLogListener {
        final BenchLoop loop;
        final int window;
        private final int recordBytes;
        private final byte[] record;
        private @Nullable ShardLog attached;
        private long toAppend;
        private long toSync;
        private long framedBytes;
        private long synced;
        private long toTrim;
        private long trimmed;
        private CountDownLatch done = new CountDownLatch(0);

        ShardAppenders(BenchLoop loop, int window, int recordBytes) {
            this.loop = loop;
            this.window = window;
            this.recordBytes = recordBytes;
            this.record = new byte[recordBytes];
            new Random(1).nextBytes(record);
        }

        private ShardLog log() {
            return Check.notNull(attached, "the log is attached before the load begins");
        }

        void begin(long records, CountDownLatch latch) {
            toAppend = records;
            toSync = records;
            done = latch;
            synced = log().appendedPosition();
            append(Math.min(window, records));
        }

        private void append(long count) {
            for (long i = 0; i < count; i++) {
                log().reserve(recordBytes).writeBytes(record);
                log().commit();
            }
            framedBytes = (long) recordBytes + Integer.BYTES;
            toAppend -= count;
            log().flush();
        }

        @Override
        public void onSynced(long position) {
            long count = (position - synced) / framedBytes;
            synced = position;
            toSync -= count;
            if (toAppend > 0) {
                append(Math.min(count, toAppend));
            }
            if (toSync == 0) {
                toSync = -1;
                done.countDown();
            }
            trimIfSynced();
        }

        private void trimIfSynced() {
            if (toTrim > trimmed && toTrim <= synced) {
                trimmed = toTrim;
                log().checkpoint(new Checkpoint(toTrim, List.of(), new byte[0]) {
                    @Override
                    public void onStored() {
                        // The next trim is asked for.
                    }

                    @Override
                    public void onFailed(IOException cause) {
                        throw new IllegalStateException("there is no space", cause);
                    }
                });
            }
        }

        @Override
        public void onFailed(IOException cause) {
            throw new IllegalStateException("the journal has failed", cause);
        }

        @Override
        public void onTrimWanted(long position) {
            log().survey(new Extent(trimmed, position, 0));
        }

        @Override
        public void onTrim(long position, boolean adopt) {
            toTrim = position;
            trimIfSynced();
        }

        @Override
        public void onVacate(Extent adopted) {
            throw new IllegalStateException("nothing was adopted");
        }

        @Override
        public void onSpaceChanged(boolean hasSpace) {
            // Appends go on.
        }
    }

    private static final class NoReplay implements Replay {
        @Override
        public void onManifest(byte[] manifest, SegmentStore segments) {
            // The directory is new.
        }

        @Override
        public void onRecord(long position, ByteBuf record) {
            // The directory is new.
        }

        @Override
        public void onLost(long from, long to, String reason) {
            throw new IllegalStateException(reason);
        }
    }
}

package io.millrace.bench;

import io.millrace.base.AgentHost;
import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.storage.Extent;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardLogListener;
import io.millrace.storage.local.LocalStore;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.run.Compaction;
import io.millrace.storage.run.OrderedIndex;
import io.millrace.storage.run.OrderedIndexOptions;
import io.millrace.storage.run.OrderedIndexOwner;
import io.millrace.storage.run.RunDamage;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** A shard of a local store that has an ordered index and nothing else. Used by the thread that made it. */
final class IndexedShard implements OrderedIndexOwner, Compaction, AutoCloseable {
    private final QueueLoop loop = new QueueLoop();
    private final LocalStore store;
    private final ShardLog log;
    private long lastSegment;
    private int working;

    IndexedShard(Path directory) throws IOException {
        store = LocalStore.open(
                directory,
                new DiskFileSystem(),
                Clock.SYSTEM,
                new Random(),
                LocalStoreOptions.DEFAULT,
                shard -> new NoReplay());
        ShardLog first = store.attach(0, loop, new Listener());
        for (int shard = 1; shard < LocalStoreOptions.DEFAULT.shards(); shard++) {
            store.attach(shard, loop, new Listener());
        }
        log = first;
        store.start(AgentHost.THREADS);
    }

    QueueLoop loop() {
        return loop;
    }

    /** A new index of this shard; it is open. */
    OrderedIndex index(OrderedIndexOptions options) {
        OrderedIndex index = new OrderedIndex(options, this);
        index.open(log);
        return index;
    }

    ShardLog log() {
        return log;
    }

    /** How many runs were begun, merged ones included. */
    long segments() {
        return lastSegment;
    }

    /** Waits until no run is being written. */
    void settle() throws InterruptedException {
        loop.runWaiting();
        while (working > 0) {
            loop.runNext();
        }
    }

    @Override
    public void close() throws IOException {
        store.close(10_000);
    }

    @Override
    public long nextSegment() {
        return ++lastSegment;
    }

    @Override
    public Compaction beginCompaction() {
        working++;
        return this;
    }

    @Override
    public boolean isAlive(long key, long sub, long value) {
        return true;
    }

    @Override
    public void onSuperseded(long key, long sub, long value) {}

    @Override
    public void onDone() {
        working--;
    }

    @Override
    public void onReady() {}

    @Override
    public void onSpilled() {}

    @Override
    public void onFailed(IOException reason) {
        throw new IllegalStateException(reason);
    }

    @Override
    public void onDamage(RunDamage damage) {
        Check.that(false, damage.reason());
    }

    @Override
    public void onUnused(long segment) {
        // The directory is removed as a whole.
    }

    private static final class NoReplay implements Replay {
        @Override
        public void onManifest(byte[] manifest, SegmentStore segments) {}

        @Override
        public void onRecord(long position, ByteBuf record) {}

        @Override
        public void onLost(long from, long to, String reason) {}
    }

    private static final class Listener implements ShardLogListener {
        @Override
        public void onSynced(long position) {}

        @Override
        public void onFailed(IOException cause) {
            throw new IllegalStateException(cause);
        }

        @Override
        public void onTrimWanted(long position) {}

        @Override
        public void onTrim(long position, boolean adopt) {}

        @Override
        public void onVacate(Extent adopted) {}

        @Override
        public void onSpaceChanged(boolean hasSpace) {}
    }
}

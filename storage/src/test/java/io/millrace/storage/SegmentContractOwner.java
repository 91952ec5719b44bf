package io.millrace.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Owns a shard in the {@link SegmentStoreContract}: notes what it is given and told, and answers that everything in its
 * old extents is live, unless the test has it say otherwise.
 */
final class SegmentContractOwner implements Replay, ShardLogListener {
    private static final long WAIT_SECONDS_MAX = 60;

    final List<Long> positions = new ArrayList<>();
    final List<byte[]> records = new ArrayList<>();
    final List<byte[]> manifests = new ArrayList<>();
    final List<Trim> trims = new ArrayList<>();
    private final ManifestReader reader;
    private ShardLog log;
    private final List<Extent> vacated = new ArrayList<>();
    private boolean alive = true;
    private long replayFrom;
    private long synced = -1;
    private IOException failure;

    /** What the storage wants moved. */
    record Trim(long position, boolean adopt) {}

    /** Looks at segments when the manifest is given. */
    interface ManifestReader {
        void read(byte[] manifest, SegmentStore segments) throws IOException;
    }

    SegmentContractOwner(ManifestReader reader) {
        this.reader = reader;
    }

    void attach(ShardLog attached) {
        log = attached;
    }

    /** Notes that the log is replayed from here on; on the loop. */
    synchronized void replaysFrom(long position) {
        replayFrom = position;
    }

    @Override
    public void onManifest(byte[] manifest, SegmentStore segments) throws IOException {
        if (!records.isEmpty()) {
            throw new AssertionError("a record came before the manifest");
        }
        manifests.add(manifest);
        reader.read(manifest, segments);
    }

    @Override
    public synchronized void onRecord(long position, ByteBuf record) {
        positions.add(position);
        records.add(ByteBufUtil.getBytes(record));
    }

    @Override
    public void onLost(long from, long to, String reason) {
        throw new AssertionError("lost " + from + " to " + to + ": " + reason);
    }

    @Override
    public synchronized void onSynced(long position) {
        synced = position;
        notifyAll();
    }

    @Override
    public synchronized void onFailed(IOException cause) {
        failure = cause;
        notifyAll();
    }

    @Override
    public synchronized void onTrimWanted(long position) {
        if (position > synced) {
            failure = new IOException("asked about " + position + ", synced " + synced);
        }
        log.survey(new Extent(replayFrom, position, alive ? position - replayFrom : 0));
    }

    @Override
    public synchronized void onTrim(long position, boolean adopt) {
        trims.add(new Trim(position, adopt));
        notifyAll();
    }

    @Override
    public synchronized void onVacate(Extent adopted) {
        vacated.add(adopted);
        notifyAll();
    }

    @Override
    public void onSpaceChanged(boolean hasSpace) {}

    /** Has it answer from now on that all of its old extents is live, or nothing. */
    synchronized void answersAlive(boolean all) {
        alive = all;
    }

    /** The extents that it was told to do without. */
    synchronized List<Extent> vacated() {
        return List.copyOf(vacated);
    }

    /** Waits until it was told to do without an extent. */
    synchronized void awaitVacated() throws InterruptedException {
        await(() -> !vacated.isEmpty());
    }

    /** Waits until the record at {@code position} was reported as synced. */
    synchronized void awaitSynced(long position) throws InterruptedException {
        await(() -> synced > position);
    }

    /** The first trim that was asked for, when there is one; null where there is none yet. */
    synchronized Trim firstTrim() {
        return trims.isEmpty() ? null : trims.get(0);
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
        while (!condition.getAsBoolean() || failure != null) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (millis <= 0 || failure != null) {
                throw new AssertionError("not reached, synced " + synced, failure);
            }
            wait(millis);
        }
    }
}

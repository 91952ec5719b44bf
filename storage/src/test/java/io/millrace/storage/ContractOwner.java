package io.millrace.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Owns a shard in the {@link ShardLogContract}: notes what is replayed and told, and lets the test wait for it. */
public final class ContractOwner implements Replay, ShardLogListener {
    private static final long WAIT_SECONDS_MAX = 60;

    public final List<Long> positions = new ArrayList<>();
    public final List<byte[]> records = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private byte[] manifest;
    private long trimWanted;
    private long synced = -1;
    private IOException failure;

    /** The manifest that was given; null where none was. */
    public synchronized byte[] manifest() {
        return manifest;
    }

    /** Up to where the log is wanted to be trimmed; 0 where it is not. */
    public synchronized long trimWanted() {
        return trimWanted;
    }

    @Override
    public synchronized void onRecord(long position, ByteBuf record) {
        if (!positions.isEmpty() && positions.get(positions.size() - 1) >= position) {
            violations.add("replayed at " + position + " after " + positions);
        }
        positions.add(position);
        records.add(ByteBufUtil.getBytes(record));
    }

    @Override
    public synchronized void onLost(long from, long to, String reason) {
        violations.add("lost " + from + " to " + to + ": " + reason);
    }

    @Override
    public synchronized void onSynced(long position) {
        if (position <= synced) {
            violations.add("synced " + position + " after " + synced);
        }
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
        if (position <= trimWanted) {
            violations.add("trim wanted at " + position + " after " + trimWanted);
        }
        trimWanted = position;
        notifyAll();
    }

    @Override
    public void onTrim(long position, boolean adopt) {}

    @Override
    public void onVacate(Extent adopted) {}

    @Override
    public synchronized void onManifest(byte[] newest, SegmentStore store) throws IOException {
        if (manifest != null || !records.isEmpty()) {
            violations.add("a manifest comes first, and once");
        }
        manifest = newest;
    }

    @Override
    public void onSpaceChanged(boolean hasSpace) {}

    /** Waits until the record at {@code position} was reported as synced. */
    public synchronized void awaitSynced(long position) throws InterruptedException {
        await(() -> synced > position, "record at " + position + " synced");
    }

    /**
     * Waits until {@code condition}, which is about what this owner was told; not any longer once the log has failed.
     */
    public synchronized void await(BooleanSupplier condition, String what) throws InterruptedException {
        awaitAnyway(() -> failure != null || condition.getAsBoolean(), what);
        if (!condition.getAsBoolean()) {
            throw new AssertionError("not reached: " + what + ", synced " + synced, failure);
        }
    }

    private void awaitAnyway(BooleanSupplier condition, String what) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
        while (!condition.getAsBoolean()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (millis <= 0) {
                throw new AssertionError("not reached: " + what + ", synced " + synced);
            }
            wait(millis);
        }
    }

    public synchronized long synced() {
        return synced;
    }

    /** Waits until the log has failed; returns why. */
    public synchronized IOException awaitFailure() throws InterruptedException {
        awaitAnyway(() -> failure != null, "failed");
        return failure;
    }

    /** Waits until the record at {@code position} was reported as synced, or the log has failed. */
    public synchronized void awaitOutcome(long position) throws InterruptedException {
        awaitAnyway(() -> failure != null || synced > position, "an outcome of the record at " + position);
    }

    /** Why the log has failed; null where it works. */
    public synchronized IOException failure() {
        return failure;
    }

    /** What was replayed or told against the rules. */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** What was noted so far is as the test wants it. */
    public synchronized void forgetViolations() {
        violations.clear();
    }
}

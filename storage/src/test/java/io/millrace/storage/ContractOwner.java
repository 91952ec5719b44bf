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
    private long synced = -1;
    private IOException failure;

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
    public void onTrimWanted(long position) {}

    @Override
    public void onTrim(long position, boolean adopt) {}

    @Override
    public void onVacate(Extent adopted) {}

    @Override
    public void onManifest(byte[] manifest, SegmentStore segments) {}

    @Override
    public void onSpaceChanged(boolean hasSpace) {}

    /** Waits until the record at {@code position} was reported as synced. */
    public synchronized void awaitSynced(long position) throws InterruptedException {
        await(() -> synced > position, "record at " + position + " synced");
    }

    private void await(BooleanSupplier condition, String what) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
        while (!condition.getAsBoolean()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (millis <= 0 || failure != null) {
                throw new AssertionError("not reached: " + what + ", synced " + synced, failure);
            }
            wait(millis);
        }
    }

    public synchronized long synced() {
        return synced;
    }

    /** What was replayed or told against the rules. */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }
}

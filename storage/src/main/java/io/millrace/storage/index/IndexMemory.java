package io.millrace.storage.index;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that the caches of index blocks of several shards share. A cache takes what is free; once nothing is, one
 * that has more than its share gives up what it has used longest ago for what it takes, and one that has less takes it
 * still, until the others have given up theirs. So together they have at most twice the bound. Any thread.
 */
public final class IndexMemory {
    /** Index blocks take this part of the heap. */
    private static final int HEAP_PART = 32;
    /** What is loaded in one go is this part of a share at most, so that it is there until it is used. */
    private static final int BATCH_PART = 4;

    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger caches = new AtomicInteger();

    /** Bounds all caches together to about {@code bytesMax}. */
    public IndexMemory(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** A 32nd of the heap that this process may have. */
    public static IndexMemory ofHeap() {
        return new IndexMemory(Runtime.getRuntime().maxMemory() / HEAP_PART);
    }

    void join() {
        caches.incrementAndGet();
    }

    void add(long change) {
        bytes.addAndGet(change);
    }

    /** Whether a cache that has {@code ownBytes} has too much. */
    boolean isTooMuch(long ownBytes) {
        return ownBytes > share() && bytes.get() > bytesMax;
    }

    /** What a cache may load in one go. */
    long batchBytesMax() {
        return share() / BATCH_PART;
    }

    private long share() {
        return bytesMax / Math.max(1, caches.get());
    }
}

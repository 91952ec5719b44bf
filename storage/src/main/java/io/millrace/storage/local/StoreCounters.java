package io.millrace.storage.local;

import java.util.concurrent.atomic.LongAdder;

/** What the journal has done since it was opened. Bumped by the agents, read by any thread. */
public final class StoreCounters {
    final LongAdder groups = new LongAdder();
    final LongAdder syncs = new LongAdder();
    final LongAdder writtenBytes = new LongAdder();
    final LongAdder syncNanos = new LongAdder();

    StoreCounters() {}

    /** Groups synced. */
    public long groups() {
        return groups.sum();
    }

    /** Syncs done; less than {@link #groups} where one sync covered several. */
    public long syncs() {
        return syncs.sum();
    }

    /** Bytes written to journal files, headers and padding included. */
    public long writtenBytes() {
        return writtenBytes.sum();
    }

    /** Nanoseconds spent in syncs. */
    public long syncNanos() {
        return syncNanos.sum();
    }
}

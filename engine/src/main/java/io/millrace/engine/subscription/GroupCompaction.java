package io.millrace.engine.subscription;

import io.millrace.engine.offset.OffsetSet;
import io.millrace.storage.run.Compaction;

/** Keeps the records of an index by group whose messages are not settled, as of its making. Learns nothing. */
final class GroupCompaction implements Compaction {
    private final OffsetSet members;
    private final Runnable onDone;

    /** Made on the loop, where {@code onDone} runs as well; {@code members} is its own. */
    GroupCompaction(OffsetSet members, Runnable onDone) {
        this.members = members;
        this.onDone = onDone;
    }

    @Override
    public boolean isAlive(long key, long sub, long value) {
        return members.contains(value);
    }

    @Override
    public void onSuperseded(long key, long sub, long value) {
        // No record supersedes another.
    }

    @Override
    public void onDone() {
        onDone.run();
    }
}

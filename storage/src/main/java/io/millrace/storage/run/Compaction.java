package io.millrace.storage.run;

/**
 * What an owner decides, and learns, while one run is written from a head or from other runs. Made for that by {@link
 * OrderedIndexOwner#beginCompaction} on the owner's loop, then used by the background agent alone, until {@link
 * #onDone} gives it back to the loop. Where the work fails it is dropped, and what it was told has not happened.
 */
public interface Compaction {
    /** Leaves nothing out and learns nothing. */
    Compaction KEEP_ALL = new Compaction() {
        @Override
        public boolean isAlive(long key, long sub, long value) {
            return true;
        }

        @Override
        public void onSuperseded(long key, long sub, long value) {}

        @Override
        public void onDone() {}
    };

    /**
     * Whether the record is still needed; what is not is left out. It may have been taken from the index meanwhile. Of
     * an index that keeps the {@linkplain OrderedIndexOptions#latestOnly latest} this is asked only when all of its
     * runs are merged: else an older record of the same key and sub in another run would become the latest. On the
     * background agent.
     */
    boolean isAlive(long key, long sub, long value);

    /**
     * The record is left out because one with the same key and sub and a greater value is there. Only of an index that
     * keeps the latest. On the background agent.
     */
    void onSuperseded(long key, long sub, long value);

    /**
     * The run is sealed and used from now on. What this was told must be noted by the owner before its next checkpoint,
     * for it is not told again. On the owner's loop.
     */
    void onDone();
}

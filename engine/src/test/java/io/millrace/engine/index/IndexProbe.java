package io.millrace.engine.index;

import io.millrace.storage.run.OrderedIndex;

/** Looks into the indexes of a shard. */
public final class IndexProbe {
    private IndexProbe() {}

    /** The index by key. */
    public static OrderedIndex keys(ShardIndexes indexes) {
        return indexes.keys().index().ordered();
    }
}

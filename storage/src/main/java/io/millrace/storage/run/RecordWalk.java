package io.millrace.storage.run;

/**
 * Goes through an {@link OrderedIndex} from one record on, for as long as its owner wants to: one that has seen enough,
 * or wants to leave many out, ends the walk and begins another one elsewhere.
 */
public abstract class RecordWalk extends IndexScan {
    private boolean isStopped;

    /** Begins at the first record that is not below this one. */
    protected RecordWalk(long fromKey, long fromSub, long fromValue) {
        super(fromKey, fromSub, fromValue);
    }

    /** Sees the next record; returns whether the walk goes on. On the owner's loop; leaves the index as it is. */
    protected abstract boolean visit(long key, long sub, long value);

    /** Whether nothing is wanted of this key and sub, nor of any behind, so that no block is read for them. */
    protected boolean isBehind(long key, long sub) {
        return false;
    }

    @Override
    final boolean endsBefore(long nextKey, long nextSub) {
        return isStopped || isBehind(nextKey, nextSub);
    }

    @Override
    final void take(long key, long sub, long value) {
        isStopped = !visit(key, sub, value);
    }
}

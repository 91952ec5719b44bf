package io.millrace.storage.run;

import java.io.IOException;

/** Whom an {@link OrderedIndex} belongs to: what it needs and what it reports. Called on the owner's loop. */
public interface OrderedIndexOwner {
    /** A number for a new segment of the shard, never given before. */
    long nextSegment();

    /** What decides about the records of a run that is about to be written. */
    Compaction beginCompaction();

    /** The index was {@link OrderedIndex.State#LOADING} and is not any more. */
    void onReady();

    /** A head was written as a run, or all of its records were left out: {@link OrderedIndex#headRecords} is lower. */
    void onSpilled();

    /**
     * Something failed for lack of space or because the disk did: writing or merging runs, which is done again after
     * {@link OrderedIndex#retry}, or reading the front, which is done again at the next {@link OrderedIndex#peek}: an
     * owner that waits for {@link #onReady} asks again after this. Nothing is lost.
     */
    void onFailed(IOException reason);

    /**
     * A block of a run is damaged. The index goes on without it. Told each time that somebody came upon it; a merge
     * leaves the damaged run behind as unused, for the owner to keep or to delete.
     */
    void onDamage(RunDamage damage);

    /**
     * The index does not use this segment any more. The owner deletes it when a checkpoint is on stable storage whose
     * description of the index was made after this call: older ones may name it.
     */
    void onUnused(long segment);
}

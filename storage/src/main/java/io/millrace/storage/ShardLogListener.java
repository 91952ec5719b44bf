package io.millrace.storage;

import java.io.IOException;

/** What a {@link ShardLog} tells its owner, always on the owner's loop. */
public interface ShardLogListener {
    /** Every record below {@code position} is on stable storage. Told once per group of records, positions grow. */
    void onSynced(long position);

    /** Storage has failed; nothing that is not synced by now ever will be. Told once, and nothing after it. */
    void onFailed(IOException cause);

    /**
     * Storage would like to have the oldest part of the log back, up to {@code position}: the owner answers at once or
     * later with {@link ShardLog#survey}. Told again with a higher position when that is done.
     */
    void onTrimWanted(long position);

    /**
     * What the owner needs below {@code position} is to be moved: by a {@link ShardLog#checkpoint} whose replay begins
     * there. With {@code adopt} the bytes may stay where they are, as an adopted extent; else live ones are written
     * anew.
     */
    void onTrim(long position, boolean adopt);

    /**
     * Little lives in the file of an adopted extent: the next checkpoints should do without it. May be told while one
     * that does without it is on its way.
     */
    void onVacate(Extent adopted);

    /** {@link ShardLog#hasSpace} has changed. */
    void onSpaceChanged(boolean hasSpace);

    /** {@link ShardLog#isBehind} has changed. */
    default void onBehindChanged(boolean isBehind) {
        // Most owners append nothing that would have to wait.
    }
}

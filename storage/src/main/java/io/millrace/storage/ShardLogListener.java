package io.millrace.storage;

import java.io.IOException;

/** What a {@link ShardLog} tells its owner, always on the owner's loop. */
public interface ShardLogListener {
    /** Every record below {@code position} is on stable storage. Told once per group of records, positions grow. */
    void onSynced(long position);

    /** Storage has failed; nothing that is not synced by now ever will be. Told once, and nothing after it. */
    void onFailed(IOException cause);

    /**
     * Storage would like to drop what lies below {@code position}: the owner appends anew what it still needs of
     * it (see {@link ShardLog#trim}).
     */
    void onTrimWanted(long position);

    /** {@link ShardLog#hasSpace} has changed. */
    void onSpaceChanged(boolean hasSpace);
}

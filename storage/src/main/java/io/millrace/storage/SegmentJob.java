package io.millrace.storage;

import java.io.IOException;

/**
 * Work on the segments of a shard that takes long: writing one, merging some. Given to {@link ShardLog#submit}, done
 * in steps by a background agent, then answered on the shard's loop with exactly one of the two outcomes; with none
 * where storage is closed or has failed before. Handed over between threads, never shared.
 */
public abstract class SegmentJob {
    /**
     * Does a piece of the work, about a MiB of reading or writing at most so that other jobs have their turn; returns
     * whether it was the last. On the background agent. After it has thrown it is not called again.
     */
    public abstract boolean step(SegmentStore store) throws IOException;

    /** Ends what {@link #step} has begun, because it has thrown or will not be called again. On the same thread. */
    public abstract void abandon();

    /** It is done. On the shard's loop. */
    public abstract void onDone();

    /**
     * It could not be done, for lack of space ({@link io.millrace.base.file.OutOfSpaceException}) or because the disk
     * failed. Nothing that was there before is lost. On the shard's loop.
     */
    public abstract void onFailed(IOException reason);
}

package io.millrace.storage;

import io.millrace.base.Check;
import java.io.IOException;
import java.util.List;

/**
 * What a shard needs from storage to go on after a restart: the records of its log from one position on, extents before
 * it that were adopted, and a manifest, which is the shard's own description of everything else (its segments, the
 * snapshots in them). Replaced as a whole and atomically by {@link ShardLog#checkpoint}; a start finds the newest one
 * that is on stable storage.
 *
 * <p>Given by the shard's loop, answered there with one of the two outcomes, or none where storage has ended before.
 */
public abstract class Checkpoint {
    private final long replayFrom;
    private final List<Extent> adopted;
    private final byte[] manifest;

    /**
     * States that no record below {@code replayFrom} is replayed any more, and that only those in {@code adopted}
     * extents are read any more. Both the statement and {@code manifest} rest on synced records only, and the segments
     * that the manifest names are sealed.
     */
    protected Checkpoint(long replayFrom, List<Extent> adopted, byte[] manifest) {
        this.replayFrom = replayFrom;
        this.adopted = List.copyOf(adopted);
        this.manifest = manifest;
    }

    /**
     * Refuses one that its shard must not give: {@code before} is where a start replays from until now, {@code synced}
     * up to where the log is on stable storage.
     */
    public final void check(long before, long synced) {
        Check.that(replayFrom <= synced, "a checkpoint at %d is ahead of what is synced, %d", replayFrom, synced);
        Check.that(replayFrom >= before, "a checkpoint at %d is behind the one before, at %d", replayFrom, before);
        long last = 0;
        for (Extent each : adopted) {
            Check.that(
                    last <= each.from() && each.from() < each.to() && each.to() <= replayFrom,
                    "extents are in order and before the replay, not %d to %d",
                    each.from(),
                    each.to());
            last = each.to();
        }
    }

    /** The position from which a start replays. Never lower than that of the checkpoint before. */
    public final long replayFrom() {
        return replayFrom;
    }

    /**
     * Extents below it that stay readable, in the order of their positions, none empty; each as {@link
     * ShardLogListener#onTrim} has allowed it, so within one part that storage can free.
     */
    public final List<Extent> adopted() {
        return adopted;
    }

    /** The shard's own description; not copied, not changed. */
    public final byte[] manifest() {
        return manifest;
    }

    /** It is on stable storage; segments that only the one before has named may be deleted. On the shard's loop. */
    public abstract void onStored();

    /** It could not be written for lack of space; the one before holds. On the shard's loop. */
    public abstract void onFailed(IOException reason);
}

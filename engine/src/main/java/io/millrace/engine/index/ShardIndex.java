package io.millrace.engine.index;

import io.millrace.base.Check;
import io.millrace.engine.context.ShardContext;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.ShardLog;
import io.millrace.storage.run.Compaction;
import io.millrace.storage.run.OrderedIndex;
import io.millrace.storage.run.OrderedIndexOptions;
import io.millrace.storage.run.OrderedIndexOwner;
import io.millrace.storage.run.RunDamage;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An ordered index of a shard: gives it segments, tells the host what goes wrong, tries again what has failed. What
 * uses it is told when its front can be looked at again. The loop's.
 */
public class ShardIndex implements OrderedIndexOwner {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int DAMAGES_MAX = 1_024;

    private final ShardContext context;
    private final ShardIndexes indexes;
    private final OrderedIndex index;
    private final int headMax;
    private final Supplier<Compaction> compactions;
    private final Runnable onFront;
    /** The segments that its newest description names. */
    private long[] described = {};

    /** The damaged blocks that are known. */
    private final Set<RunDamage> damages = new HashSet<>();
    /** Whether there is damage that its user was not told of. */
    private boolean isDamaged;

    /** Room for groups in the line of its queue that was taken. */
    private int places;

    private boolean retries;
    private boolean isDropped;
    private @Nullable Runnable whenSpilled;

    /**
     * Makes an empty one; {@code compactions} say what is of no use any more, {@code onFront} runs when its front was
     * not known and is.
     */
    ShardIndex(
            ShardContext context,
            ShardIndexes indexes,
            OrderedIndexOptions options,
            Supplier<Compaction> compactions,
            Runnable onFront) {
        this.context = context;
        this.indexes = indexes;
        this.compactions = compactions;
        this.onFront = onFront;
        headMax = options.headRecords();
        index = new OrderedIndex(options, this);
    }

    /** The records. */
    public OrderedIndex ordered() {
        return index;
    }

    /** A record was added, or several that were one arrival. */
    public void noteAdded() {
        indexes.noteAdded();
    }

    void open(ShardLog log) {
        index.open(log);
    }

    /** Has the user look at the front again in another turn. */
    public void lookAgain() {
        context.loop().execute(() -> {
            if (!isDropped && !context.isRefusing()) {
                onFront.run();
            }
        });
    }

    /** Takes over what {@link #describe} wrote. */
    public void restore(ByteBuf source) {
        try {
            index.restore(source);
        } catch (CorruptEntryException e) {
            throw new IllegalStateException("the description of an index is damaged in a sound snapshot", e);
        }
        described = index.segments();
    }

    /** Writes what the next start needs to know; the segments that it names stay until a later description. */
    public void describe(ByteBuf target) {
        index.describe(target);
        described = index.segments();
    }

    /** The segments that its newest description names. */
    long[] described() {
        return described;
    }

    /** Whether its newest description names the runs that it has. */
    public boolean isDescribed() {
        return Arrays.equals(described, index.segments());
    }

    /** Writes what is in memory to disk; {@code then} runs when that is done, or has failed. */
    void spill(Runnable then) {
        Check.that(whenSpilled == null, "one waits at a time");
        whenSpilled = then;
        index.spill();
    }

    // Memory that its user has beside the records, of which there is only so much for a shard.

    /** Has room for {@code count} more groups in the line of its queue; returns false where there is none. */
    public boolean takePlaces(int count) {
        boolean isTaken = indexes.takePlaces(count);
        places += isTaken ? count : 0;
        return isTaken;
    }

    /** The room is not used any more. */
    public void givePlacesBack() {
        indexes.givePlacesBack(places);
        places = 0;
    }

    /** Gives everything up; its segments go with the next checkpoint. */
    public void drop() {
        isDropped = true;
        givePlacesBack();
        for (long segment : index.segments()) {
            onUnused(segment);
        }
        index.close();
        endSpill();
    }

    private void endSpill() {
        Runnable waiting = whenSpilled;
        whenSpilled = null;
        if (waiting != null) {
            // In another turn: the index is not to be used while it tells of a failure.
            context.loop().execute(waiting);
        }
    }

    @Override
    public long nextSegment() {
        return indexes.takeSegment();
    }

    @Override
    public Compaction beginCompaction() {
        return compactions.get();
    }

    @Override
    public void onReady() {
        // Its user may just be clearing it, in the middle of a purge.
        lookAgain();
    }

    @Override
    public void onSpilled() {
        endSpill();
    }

    @Override
    public void onFailed(IOException reason) {
        onReadFailed(reason);
        endSpill();
    }

    /** What was to be read for its user could not be: it is to look again when it is told so. */
    public void onReadFailed(IOException reason) {
        context.onCheckpointFailed(reason);
        if (!retries) {
            retries = true;
            context.loop().schedule(this::retry, RETRY_NANOS);
        }
    }

    private void retry() {
        retries = false;
        if (!isDropped && !context.isRefusing()) {
            index.retry();
            onFront.run();
        }
    }

    @Override
    public void onDamage(RunDamage damage) {
        // A block that is read again is found damaged again.
        if (damages.size() == DAMAGES_MAX) {
            damages.clear();
        }
        if (damages.add(damage)) {
            isDamaged = true;
            indexes.onDamage(damage.reason());
        }
    }

    /** Whether records were lost since this was last asked. */
    public boolean takeDamaged() {
        boolean wasDamaged = isDamaged;
        isDamaged = false;
        return wasDamaged;
    }

    /** The damaged blocks are not used any more; returns whether there were any. */
    public boolean forgetDamage() {
        boolean wereThere = !damages.isEmpty();
        damages.clear();
        return wereThere;
    }

    /** Has dead records let go where there are more of them than of the {@code living}. */
    public void compactIfSparse(long living) {
        if (index.runs() > 0 && index.records() > 2 * (living + headMax)) {
            index.compact();
        }
    }

    /** Removes all records. */
    public void clear() {
        if (index.headRecords() > 0 || index.runs() > 0) {
            index.clear();
        }
    }

    /** It had no record of so many messages that should be in it. */
    public void onLost(long messages) {
        indexes.onDamage(messages + " messages of a queue have lost their priority, and are delivered as they came");
    }

    @Override
    public void onUnused(long segment) {
        indexes.onUnused(segment);
    }
}

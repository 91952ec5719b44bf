package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.read.EntrySet;
import io.millrace.engine.read.ShardReads;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.EntryIndex;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Looks at messages of those subscriptions that want only some, or deliver by key, before they are delivered: what says
 * so is in the body, which may be of any format and hold many messages. What is not wanted is settled; of the rest
 * nothing is kept but the place of each in the order of its subscription. Nothing is stored: after a restart what was
 * found since the last snapshot is looked at again. Goes through all that there is, also of a long backlog, so that no
 * key waits for another; a stretch of one subscription after the other, each in several turns where there is much to
 * look at. Part of a shard; the loop's.
 */
final class Sifting {
    private static final int ENTRIES_MAX = 256;
    private static final long BYTES_MAX = 256 << 10;

    private final Shard shard;
    private final ShardLog log;
    private final ShardReads reads;
    private final FoundKeys keys;
    private final ArrayDeque<Queue> line = new ArrayDeque<>();
    private boolean isBusy;

    Sifting(Shard shard, ShardLog log, ShardReads reads) {
        this.shard = shard;
        this.log = log;
        this.reads = reads;
        this.keys = new FoundKeys(shard);
        shard.queues().whenUnsifted(this::onUnsifted);
    }

    /** {@code queue} may have messages to be looked at. */
    private void onUnsifted(Queue queue) {
        if (!queue.isSifting && first(queue) >= 0) {
            queue.isSifting = true;
            line.add(queue);
            if (!isBusy) {
                isBusy = true;
                shard.loop().execute(this::look);
            }
        }
    }

    /** The first message to look at that is readable; negative where there is none. */
    private static long first(Queue queue) {
        OffsetSet unsifted = queue.subscription().unsifted().offsets();
        long offset = unsifted == null ? IndividualSubscription.NONE : unsifted.nextPresent(0);
        return offset < queue.log().readableOffset() ? offset : IndividualSubscription.NONE;
    }

    /** Whether messages of {@code queue} below {@code end} are being looked at, or are about to be. */
    static boolean isUnderWay(Queue queue, long end) {
        long first = queue.isSifting ? first(queue) : IndividualSubscription.NONE;
        return first >= 0 && first < end;
    }

    private void look() {
        if (shard.isRefusing()) {
            return;
        }
        Queue queue = line.poll();
        if (queue == null) {
            isBusy = false;
            return;
        }
        long logId = queue.log().id();
        MessageFilter filter = shard.host().filter(shard, logId);
        // One that is not defined any more is about to be dropped.
        boolean isDefined = filter != null || shard.host().keys(shard, logId) != null;
        if (isDefined && !queue.isDropped() && first(queue) >= 0) {
            new Stretch(queue, filter).gather();
        } else {
            end(queue);
            shard.loop().execute(this::look);
        }
    }

    /** There is nothing to look at in {@code queue} for now. */
    private void end(Queue queue) {
        queue.isSifting = false;
        shard.parts().leasing().goOn(queue);
        shard.touch();
    }

    /** What is read in one go, and then looked at, so much in a turn. */
    private final class Stretch {
        private final Queue queue;
        private final @Nullable MessageFilter filter;
        private final EntrySet entries;
        /** The entry that is looked at, and the message of it that is next. */
        private int place;

        private int index;

        Stretch(Queue queue, @Nullable MessageFilter filter) {
            this.queue = queue;
            this.filter = filter;
            long most = Math.min(ENTRIES_MAX, unsifted().size());
            entries = new EntrySet((int) most, log, reads, this::sift);
        }

        private OffsetSet unsifted() {
            return Check.notNull(queue.subscription().unsifted().offsets(), "it looks at messages first");
        }

        void gather() {
            EntryIndex index = queue.log().entries();
            long readable = queue.log().readableOffset();
            long bytes = 0;
            long offset = unsifted().nextPresent(0);
            while (offset >= 0 && offset < readable && entries.size() < ENTRIES_MAX && bytes < BYTES_MAX) {
                int found = index.find(offset);
                if (found == EntryIndex.UNLOADED && entries.size() > 0) {
                    break; // the next stretch begins with it
                }
                if (found == EntryIndex.UNLOADED) {
                    line.addFirst(queue);
                    shard.loadIndex(queue, Sifting.this::look);
                    return;
                }
                long next = offset + 1;
                if (found == EntryIndex.FOUND) {
                    entries.addFound(index);
                    bytes += index.recordBytes();
                    next = index.firstOffset() + index.span();
                } else {
                    damage(offset, new CorruptEntryException("the index", "the block with it is damaged"));
                }
                offset = unsifted().nextPresent(next);
            }
            if (!entries.startReading()) {
                sift();
            }
        }

        /** Looks at as many messages as one turn is for. */
        private void sift() {
            for (int looks = Selecting.LOOKS_MAX; looks > 0 && isOfUse() && place < entries.size(); ) {
                looks -= siftNext();
            }
            if (isOfUse()) {
                shard.parts().settling().endExpired();
                queue.markDirty();
                shard.parts().leasing().goOn(queue);
                shard.touch();
            }
            if (isOfUse() && place < entries.size()) {
                shard.loop().execute(this::sift);
            } else {
                entries.release();
                line.add(queue);
                shard.loop().execute(Sifting.this::look);
            }
        }

        private boolean isOfUse() {
            return !queue.isDropped() && !shard.isRefusing();
        }

        /** Looks at the next message; returns how many looks that is worth. */
        private int siftNext() {
            ByteBuf entry = entries.entry(place);
            if (entry == null) {
                damageEntry(entries.failureAt(place));
                return 1;
            }
            int looks = 1;
            try {
                if (index == 0) {
                    keys.read(queue.log().id(), entry, "the entry at offset " + entries.firstOffset(place));
                }
                long offset = entries.firstOffset(place) + index;
                if (unsifted().contains(offset)) {
                    looks = sift(entry, offset);
                }
                index++;
                if (index >= keys.span()) {
                    nextEntry();
                }
            } catch (CorruptEntryException e) {
                damageEntry(e);
            }
            return looks;
        }

        private void nextEntry() {
            place++;
            index = 0;
        }

        private int sift(ByteBuf entry, long offset) {
            long bytesBefore = filter == null ? 0 : filter.bytesRead();
            try {
                if (filter == null || filter.matches(entry, index, 0)) {
                    accept(offset);
                } else {
                    queue.settleUnleased(offset, offset + 1);
                }
            } catch (Throwable e) {
                // It may be wanted, so it is not settled.
                setAside(offset, new CorruptEntryException("the message", "the filter has failed: " + e.getMessage()));
            }
            return Selecting.looks(filter == null ? 0 : filter.bytesRead() - bytesBefore);
        }

        private void accept(long offset) {
            IndividualSubscription subscription = queue.subscription();
            subscription.unsifted().accept(offset, keys.priority(), keys.high(index), keys.low(index));
            // One that was delivered before was counted then; one that is not due yet is looked at again.
            if (!subscription.delayed().contains(offset)
                    && subscription.history().count(offset) == 0) {
                queue.countPublished(1);
            }
            if (subscription.hasLapsed(offset)) {
                var unused = shard.parts().settling().expire(queue, offset); // it is readable
            }
        }

        /** The entry that is looked at cannot be read: none of it is delivered. */
        private void damageEntry(Exception failure) {
            damage(entries.firstOffset(place), failure);
            nextEntry();
        }

        /** The entry with the message at {@code offset} cannot be read. */
        private void damage(long offset, Exception failure) {
            EntryIndex index = queue.log().entries();
            long end = index.find(offset) == EntryIndex.FOUND ? index.firstOffset() + index.span() : offset + 1;
            for (long each = offset; each < end; each++) {
                if (unsifted().contains(each)) {
                    setAside(each, failure);
                }
            }
        }

        private void setAside(long offset, Exception failure) {
            queue.subscription().unsifted().damage(offset);
            shard.onDamage(queue, offset, failure);
            if (queue.subscription().hasLapsed(offset)) {
                var unused = shard.parts().settling().expire(queue, offset); // it is readable
            }
        }
    }
}

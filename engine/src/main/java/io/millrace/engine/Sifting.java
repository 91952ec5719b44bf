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

/**
 * Looks at messages of those subscriptions that deliver by key, before they are delivered: what says the key is in the
 * body, which may be of any format and hold the messages of many keys. Nothing is kept of that but the place of each in
 * the order of its subscription, and nothing is stored: after a restart what was found since the last snapshot is
 * looked at again. Goes through all that there is, also of a long backlog, so that no key waits for another; a stretch
 * of one subscription in a turn, one after the other. Part of a shard; the loop's.
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
        OffsetSet unsifted = queue.subscription().unsifted();
        long offset = unsifted == null ? IndividualSubscription.NONE : unsifted.nextPresent(0);
        return offset < queue.log().readableOffset() ? offset : IndividualSubscription.NONE;
    }

    private void look() {
        if (shard.isRefusing()) {
            return;
        }
        Queue queue = line.poll();
        while (queue != null && (queue.isDropped() || first(queue) < 0)) {
            queue.isSifting = false;
            queue = line.poll();
        }
        if (queue == null) {
            isBusy = false;
        } else {
            new Stretch(queue).gather();
        }
    }

    /** What is looked at in one go. */
    private final class Stretch {
        private final Queue queue;
        private final EntrySet entries = new EntrySet(ENTRIES_MAX, log, reads, this::sift);

        Stretch(Queue queue) {
            this.queue = queue;
        }

        void gather() {
            EntryIndex index = queue.log().entries();
            OffsetSet unsifted = Check.notNull(queue.subscription().unsifted(), "it has messages to look at");
            long readable = queue.log().readableOffset();
            long bytes = 0;
            long offset = unsifted.nextPresent(0);
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
                offset = unsifted.nextPresent(next);
            }
            if (!entries.startReading()) {
                sift();
            }
        }

        private void sift() {
            for (int place = 0; place < entries.size() && !queue.isDropped(); place++) {
                sift(place);
            }
            entries.release();
            line.add(queue);
            if (!shard.isRefusing() && !queue.isDropped()) {
                queue.markDirty();
                shard.parts().leasing().onLoaded(queue);
                shard.touch();
            }
            shard.loop().execute(Sifting.this::look);
        }

        private void sift(int place) {
            ByteBuf entry = entries.entry(place);
            long first = entries.firstOffset(place);
            try {
                if (entry == null) {
                    throw new CorruptEntryException("the entry at offset " + first, "it cannot be read");
                }
                keys.read(queue.log().id(), entry, "the entry at offset " + first);
                for (int i = 0; i < keys.span(); i++) {
                    queue.subscription().sift(first + i, keys.priority(), keys.high(i), keys.low(i));
                }
            } catch (CorruptEntryException e) {
                damage(first, entry == null ? entries.failureAt(place) : e);
            }
        }

        /** The entry with the message at {@code offset} cannot be read: none of it is delivered. */
        private void damage(long offset, Exception failure) {
            OffsetSet unsifted = queue.subscription().unsifted();
            EntryIndex index = queue.log().entries();
            long end = index.find(offset) == EntryIndex.FOUND ? index.firstOffset() + index.span() : offset + 1;
            for (long each = offset; each < end && unsifted != null; each++) {
                if (unsifted.contains(each)) {
                    queue.subscription().damageUnsifted(each);
                    shard.onDamage(queue, each, failure);
                }
            }
        }
    }
}

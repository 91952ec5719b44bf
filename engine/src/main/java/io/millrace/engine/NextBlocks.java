package io.millrace.engine;

import io.millrace.engine.queue.Queue;
import io.millrace.engine.read.IndexLoader;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.engine.subscription.SubscriptionView;
import io.millrace.storage.index.EntryIndex;
import org.jspecify.annotations.Nullable;

/**
 * Has the blocks of the index read, several at once, in which the entries are that a receive would get next: where
 * messages do not leave in the order in which they came, each may be in another. What is gathered is no more than a
 * hint of what to have in memory; the receive looks again. Part of a shard; the loop's.
 */
final class NextBlocks {
    /** No receive is looked further ahead for, however many messages it asks for. */
    private static final int MESSAGES_MAX = 1_024;
    /**
     * Reads that a receive waits for to get more than one message: of directories, then of blocks of entries. Where
     * what they have brought is gone again, for lack of memory, what the first message needs is read by itself.
     */
    private static final int LOADS_MAX = 2;

    private final Shard shard;
    private final IndexLoader loader;

    NextBlocks(Shard shard, IndexLoader loader) {
        this.shard = shard;
        this.loader = loader;
    }

    /**
     * Has those blocks read that are not in memory: what the index of {@code queue} {@code hasMissed}, and what the
     * next messages need that {@code receive} asks for. Returns whether there are any; then {@code whenLoaded} runs
     * later.
     */
    boolean load(Queue queue, Receive receive, boolean hasMissed, Runnable whenLoaded) {
        EntryIndex index = queue.log().entries();
        if (index.sealed().isEmpty()) {
            return false;
        }
        Gathering gathering = new Gathering(queue, whenLoaded);
        if (hasMissed) {
            gathering.addMissing();
        }
        if (queue.loads() < LOADS_MAX) {
            gathering.gather(receive);
        }
        return gathering.startReading();
    }

    private final class Gathering implements SubscriptionView.Visitor {
        private final Queue queue;
        private final SubscriptionView view;
        private final EntryIndex index;
        private final Runnable whenLoaded;
        private IndexLoader.@Nullable Blocks blocks;
        private boolean isFull;
        /** Messages to look at. */
        private long left;

        Gathering(Queue queue, Runnable whenLoaded) {
            this.queue = queue;
            this.view = queue.subscription().view();
            this.index = queue.log().entries();
            this.whenLoaded = whenLoaded;
        }

        void gather(Receive receive) {
            long readable = queue.log().readableOffset();
            long plain = view.nextPlain(0, readable);
            left = Math.min(receive.messagesMax(), MESSAGES_MAX);
            left = Math.min(left, receive.bytesMax() / Math.max(1, index.sealedBytes(plain)) + 1);
            if (left > 1) {
                view.lookAhead(plain < readable ? plain : IndividualSubscription.NONE, this);
            }
            while (hasRoom() && plain < readable) {
                long end = look(plain);
                left -= end == plain ? 1 : Math.max(1, view.countPlain(plain, Math.min(end, readable)));
                plain = view.nextPlain(Math.max(end, plain + 1), readable);
            }
        }

        @Override
        public boolean onMessage(long offset) {
            look(offset);
            left--;
            return hasRoom();
        }

        private boolean hasRoom() {
            return left > 0 && !isFull;
        }

        /** Up to where entries from {@code offset} on can be found; {@code offset} where a block is missing. */
        private long look(long offset) {
            long end = index.loadedTo(offset);
            if (end == offset) {
                addMissing();
            }
            return end;
        }

        void addMissing() {
            IndexLoader.Blocks missing = blocks;
            if (missing == null) {
                missing = loader.blocks(() -> {
                    whenLoaded.run();
                    shard.touch();
                });
                blocks = missing;
            }
            isFull = !missing.addMissing(index);
        }

        boolean startReading() {
            if (blocks == null) {
                return false;
            }
            queue.countLoad();
            blocks.startReading();
            return true;
        }
    }
}

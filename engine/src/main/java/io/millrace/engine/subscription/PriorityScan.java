package io.millrace.engine.subscription;

import io.millrace.storage.run.OrderedIndex;
import io.millrace.storage.run.RecordWalk;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the messages of {@link PriorityOrder} in order and takes none: a stretch of its index is in memory at a
 * time. The loop's.
 */
final class PriorityScan {
    private static final int STRETCH_MAX = 256;
    /** Records that are seen without a pause; one takes about a tenth of a microsecond. */
    private static final int VISITS_MAX = 4_000;

    private static final long PRIORITY_MASK = (1L << Integer.SIZE) - 1;

    private final PriorityOrder order;
    private final int[] priorities = new int[STRETCH_MAX];
    private final long[] offsets = new long[STRETCH_MAX];
    private int at;
    private int size;

    /** From where on the index has not been gone through. */
    private long nextKey = Long.MIN_VALUE;

    private long nextValue;
    private boolean isAtEnd;
    private @Nullable Walk walking;

    PriorityScan(PriorityOrder order) {
        this.order = order;
    }

    /** Looks for the next message; there is one where this is READY. Where it is LOADING, the index says when. */
    OrderedIndex.State find() {
        boolean mayWalk = true;
        while (true) {
            while (at < size && !order.indexed().contains(offsets[at])) {
                at++;
            }
            if (at < size) {
                return OrderedIndex.State.READY;
            }
            if (walking != null) {
                return OrderedIndex.State.LOADING;
            }
            if (isAtEnd) {
                return OrderedIndex.State.EMPTY;
            }
            if (!mayWalk) {
                order.index().lookAgain();
                return OrderedIndex.State.LOADING;
            }
            mayWalk = false;
            Walk walk = new Walk();
            walking = walk;
            if (!order.index().ordered().scan(walk) || !walk.end()) {
                return OrderedIndex.State.LOADING;
            }
        }
    }

    // The one that was found.

    int priority() {
        return priorities[at];
    }

    long offset() {
        return offsets[at];
    }

    /** Tells {@code visitor} of it and of those behind it. */
    void lookAhead(SubscriptionView.Visitor visitor) {
        boolean goesOn = true;
        for (int i = at; goesOn && i < size; i++) {
            goesOn = !order.indexed().contains(offsets[i]) || visitor.onMessage(offsets[i]);
        }
    }

    /** Passes it over. */
    void pass() {
        at++;
    }

    /** A record was added; returns whether this may have gone past its place already. */
    boolean isPast(int priority, long offset) {
        long key = priority & PRIORITY_MASK;
        if (walking != null || key < nextKey || (key == nextKey && offset < nextValue)) {
            return true;
        }
        isAtEnd = false;
        return false;
    }

    /** Begins anew. */
    void restart() {
        walking = null;
        at = 0;
        size = 0;
        nextKey = Long.MIN_VALUE;
        nextValue = 0;
        isAtEnd = false;
    }

    private final class Walk extends RecordWalk {
        private int visits;
        private boolean isFull;

        Walk() {
            super(nextKey, 0, nextValue);
            at = 0;
            size = 0;
        }

        @Override
        protected boolean visit(long key, long sub, long value) {
            if (walking != this) {
                return false;
            }
            nextKey = key;
            nextValue = value + 1;
            if (order.indexed().contains(value)) {
                priorities[size] = (int) key;
                offsets[size++] = value;
            }
            isFull = ++visits == VISITS_MAX || size == STRETCH_MAX;
            return !isFull;
        }

        @Override
        public void onComplete() {
            if (end()) {
                order.index().lookAgain();
            }
        }

        /** Returns whether the walk has not failed: the index says otherwise when it is tried again. */
        private boolean end() {
            if (walking != this) {
                return true; // given up meanwhile
            }
            walking = null;
            if (failure() != null) {
                order.index().onReadFailed(failure());
                return false;
            }
            isAtEnd = !isFull;
            return true;
        }
    }
}

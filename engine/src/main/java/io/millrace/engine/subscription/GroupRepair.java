package io.millrace.engine.subscription;

import io.millrace.base.Check;
import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.storage.run.RecordWalk;
import org.jspecify.annotations.Nullable;

/**
 * Makes an index by group whole again after damage has taken records: looks for the messages that have none, and adds
 * theirs from what their entries say. Until then nothing of a group is delivered, for it could be out of order. The
 * loop's.
 */
final class GroupRepair {
    private static final int VISITS_MAX = 4_000;

    private final ShardIndex index;
    private final GroupReader reader;
    private final OffsetSet waiting;
    private final OffsetSet held;
    private final Runnable onRepaired;
    /** What no record was seen of; null while nothing is repaired. */
    private @Nullable OffsetSet unseen;

    private boolean isWalking;
    private boolean isReading;
    private boolean hasFailed;
    private long high;
    private long low;
    private long offset;

    GroupRepair(ShardIndex index, GroupReader reader, OffsetSet waiting, OffsetSet held, Runnable onRepaired) {
        this.index = index;
        this.reader = reader;
        this.waiting = waiting;
        this.held = held;
        this.onRepaired = onRepaired;
    }

    /** Whether records were lost; repairs them then, and has the queue looked at again. */
    boolean isNeeded() {
        if (unseen == null && index.takeDamaged()) {
            OffsetSet all = waiting.copy();
            all.addAll(held.copy());
            unseen = all;
            high = Long.MIN_VALUE;
            low = Long.MIN_VALUE;
            offset = Long.MIN_VALUE;
        }
        if (unseen != null && !isWalking && !isReading && !hasFailed) {
            walk();
        }
        return unseen != null;
    }

    /** What has failed may be tried again. */
    void onRested() {
        hasFailed = false;
    }

    private void walk() {
        isWalking = true;
        Census census = new Census();
        if (index.ordered().scan(census)) {
            census.onComplete();
        }
    }

    private final class Census extends RecordWalk {
        private int visits;

        Census() {
            super(high, low, offset);
        }

        @Override
        protected boolean visit(long key, long sub, long value) {
            high = key;
            low = sub;
            offset = value;
            Check.notNull(unseen, "a census is taken for those who are missing").remove(value);
            return ++visits < VISITS_MAX;
        }

        @Override
        public void onComplete() {
            isWalking = false;
            if (failure() != null) {
                hasFailed = true;
                index.onReadFailed(failure());
            } else if (visits == VISITS_MAX) {
                index.lookAgain();
            } else {
                // What damage is known by now is repaired with this.
                index.takeDamaged();
                isReading = true;
                readNext(Check.notNull(unseen, "a census is taken for those who are missing"), 0);
            }
        }
    }

    private void readNext(OffsetSet lost, long from) {
        long next = lost.nextPresent(from);
        while (next >= 0 && !isThere(next)) {
            next = lost.nextPresent(next + 1);
        }
        if (next >= 0) {
            reader.read(next, (read, groupHigh, groupLow) -> {
                if (isThere(read) && (groupHigh | groupLow) != 0) {
                    index.ordered().add(groupHigh, groupLow, read);
                }
                readNext(lost, read + 1);
            });
            return;
        }
        isReading = false;
        unseen = null;
        // What could be read of the damaged runs only by chance is found for certain once they are written anew.
        index.ordered().compact();
        onRepaired.run();
        index.lookAgain();
    }

    private boolean isThere(long message) {
        return waiting.contains(message) || held.contains(message);
    }
}

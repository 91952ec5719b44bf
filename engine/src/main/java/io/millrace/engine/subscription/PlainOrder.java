package io.millrace.engine.subscription;

import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.offset.SettledSet;

/**
 * The messages of a queue that are delivered first-in first-out: new ones behind the cursor, but for those that are set
 * aside, and those that came back. A backlog costs no memory per message. The loop's.
 */
final class PlainOrder {
    private static final long NONE = IndividualSubscription.NONE;

    private final SettledSet settled;
    /** Those that came back and may be delivered again, before new ones. */
    private final OffsetSet returned = new OffsetSet();
    /** Offsets above the cursor that it passes over. */
    private final OffsetSet aside = new OffsetSet();

    private long cursor;

    /** Begins at the floor of {@code settled}, which its owner keeps up. */
    PlainOrder(SettledSet settled) {
        this.settled = settled;
        cursor = settled.floor();
    }

    /** Those that came back. */
    OffsetSet returned() {
        return returned;
    }

    /** Offsets above the cursor that are not plain. */
    OffsetSet aside() {
        return aside;
    }

    /** The next offset to deliver for the first time, if it is plain. */
    long cursor() {
        return cursor;
    }

    /** Whether nothing below {@code end} is left to deliver. */
    boolean isEmpty(long end) {
        return returned.isEmpty() && nextNew(end) < 0;
    }

    /** Whether the message at {@code offset}, if it is unsettled, was never delivered, and is plain. */
    boolean isNew(long offset) {
        return offset >= cursor && !aside.contains(offset);
    }

    /** The next message to deliver, of those below {@code readableOffset}; negative where there is none. */
    long next(long readableOffset) {
        long isNew = nextNew(readableOffset);
        long back = returned.nextPresent(0);
        return back >= 0 && (isNew < 0 || back < isNew) ? back : isNew;
    }

    /** Takes out what {@link #next} has given. */
    void take(long offset) {
        if (!returned.remove(offset)) {
            moveCursor(offset + 1);
        }
    }

    /** Takes out a message that is somewhere among them, those before it or not: they keep their places. */
    void takeAnywhere(long offset) {
        if (returned.remove(offset)) {
            return;
        }
        if (nextNew(Long.MAX_VALUE) == offset) {
            moveCursor(offset + 1);
        } else {
            aside.add(offset);
        }
    }

    private long nextNew(long readableOffset) {
        long offset = settled.nextUnsettled(cursor);
        if (!aside.isEmpty()) {
            while (aside.contains(offset)) {
                offset = settled.nextUnsettled(aside.nextAbsent(offset));
            }
            // Else all of them would be passed over again the next time.
            moveCursor(offset);
        }
        return offset < readableOffset ? offset : NONE;
    }

    private void moveCursor(long offset) {
        cursor = offset;
        if (!aside.isEmpty()) {
            aside.removeBelow(offset);
        }
    }

    /** The first message at or after {@code from} that can be delivered and is below {@code readable}, or that. */
    long nextReady(long from, long readable) {
        long plain = settled.nextUnsettled(Math.max(from, cursor));
        while (aside.contains(plain)) {
            plain = settled.nextUnsettled(aside.nextAbsent(plain));
        }
        long first = Math.min(plain, readable);
        long back = returned.nextPresent(from);
        return back < 0 ? first : Math.min(first, back);
    }

    /** About how many messages can be delivered from {@code from} up to but not {@code to}. */
    long count(long from, long to) {
        return returned.count(from, to) + Math.max(0, to - Math.max(from, cursor));
    }

    /** Takes over a cursor and what was set aside: all that is unsettled below the one or in the other came back. */
    void restore(long newCursor, OffsetSet setAside) {
        cursor = newCursor;
        aside.addAll(setAside);
        returnUnsettled(settled.floor(), cursor);
        for (long from = aside.nextPresent(cursor); from >= 0; from = aside.nextPresent(aside.nextAbsent(from))) {
            returnUnsettled(from, aside.nextAbsent(from));
        }
    }

    private void returnUnsettled(long from, long to) {
        for (long next = settled.nextUnsettled(from); next < to; ) {
            long behind = settled.nextSettled(next, to);
            returned.addRange(next, behind);
            next = settled.nextUnsettled(behind);
        }
    }
}

package io.millrace.engine.queue;

import io.millrace.base.Check;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.storage.index.EntryIndex;

/**
 * How many bytes the messages take that wait in a queue. A publish adds to the sum; whatever else becomes of a message
 * has it looked at again, a little later: where it waits and is not in the sum, or the other way round, that is put
 * right, as soon as the index of entries, which knows the lengths, has the block with it in memory. So it is exact
 * once nothing is left to look at, and nothing of it has to be stored: after a start everything is looked at. Bits for
 * messages that are not in the sum, nothing for the others. The loop's.
 */
final class WaitingBytes {
    private final Queue queue;
    private final EntryIndex index;
    /** All below it are settled and not in the sum. */
    private long from;
    /** Those from there on that are not in the sum. */
    private final OffsetSet left = new OffsetSet();
    /** Those that have to be looked at. */
    private final OffsetSet changed = new OffsetSet();

    private long bytes;

    WaitingBytes(Queue queue) {
        this.queue = queue;
        this.index = queue.log().entries();
        countAnew();
    }

    /** The sum. */
    long bytes() {
        return bytes;
    }

    /** Whether nothing is left to look at. */
    boolean isExact() {
        return changed.isEmpty();
    }

    /** Has all messages looked at. */
    void countAnew() {
        forget();
        changed.addRange(from, queue.log().nextOffset());
    }

    private void forget() {
        bytes = 0;
        from = queue.subscription().settled().floor();
        left.removeBelow(Long.MAX_VALUE);
        changed.removeBelow(Long.MAX_VALUE);
        left.addRange(from, queue.log().nextOffset());
    }

    /** Messages were appended that wait, in an entry whose record has so many bytes. */
    void arrive(int messages, int recordBytes) {
        bytes += (long) messages * (recordBytes / messages);
    }

    /** Something has become of messages. */
    void change(long start, long end) {
        changed.addRange(Math.max(start, from), end);
    }

    /** Messages were appended that do not wait. */
    void leaveOut(long start, long end) {
        left.addRange(start, end);
    }

    /**
     * Looks at some messages, at most so many. Returns whether a block of the index has to be read first, the one that
     * the index has just missed.
     */
    boolean count(int most) {
        if (!changed.isEmpty() && queue.isDrained()) {
            forget();
        }
        long offset = changed.nextPresent(0);
        for (int i = 0; offset >= 0 && i < most; i++) {
            if (!count(offset)) {
                return true;
            }
            offset = changed.nextPresent(offset + 1);
        }
        return false;
    }

    private boolean count(long offset) {
        boolean isWaiting = queue.isWaiting(offset);
        if (isWaiting == left.contains(offset)) {
            int found = index.find(offset);
            if (found == EntryIndex.UNLOADED) {
                return false;
            }
            if (found == EntryIndex.ABSENT) {
                // What is gone was moved away by a compaction before it was looked at.
                Check.that(
                        !isWaiting,
                        "a message has an entry: log %d, offset %d",
                        queue.log().id(),
                        offset);
                countAnew();
                return true;
            }
            long share = found == EntryIndex.FOUND ? index.recordBytes() / index.span() : index.sealedBytes(offset);
            if (isWaiting) {
                left.remove(offset);
                bytes += share;
            } else {
                left.add(offset);
                bytes -= share;
            }
        }
        changed.remove(offset);
        return true;
    }

    /** Up to where entries are of no use here any more, of those below {@code floor}, where all is settled. */
    long release(long floor) {
        long first = changed.nextPresent(from);
        long end = first < 0 ? floor : Math.min(first, floor);
        if (end > from) {
            from = end;
            left.removeBelow(end);
        }
        return end;
    }
}

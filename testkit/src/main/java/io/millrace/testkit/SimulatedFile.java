package io.millrace.testkit;

import io.millrace.base.Check;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The contents of one file, whatever its names are: what reads see, what is on the disk for certain, and the changes
 * between the two. Guarded by the lock of the {@link SimulatedDisk}.
 */
final class SimulatedFile implements SimulatedNode {
    private PagedBytes current = new PagedBytes();
    private long length;
    private final PagedBytes durable = new PagedBytes();
    private long durableLength;
    /** In the order in which they were made. */
    private final List<FileChange> changes = new ArrayList<>();

    private long lastNumber;
    private int handles;
    private boolean named = true;

    long length() {
        return length;
    }

    /** The number of the last change: what a sync that begins now has to cover. */
    long lastNumber() {
        return lastNumber;
    }

    int read(ByteBuffer target, long position) {
        int count = (int) Math.max(0, Math.min(target.remaining(), length - position));
        current.read(position, target, count);
        return count;
    }

    /** Writes what {@code bytes} has between {@code from} and {@code to}; takes {@code bytes} over. */
    void write(PagedBytes bytes, long from, long to) {
        change(FileChange.write(++lastNumber, from, to, bytes));
    }

    void truncate(long size) {
        if (size < length) {
            change(FileChange.truncation(++lastNumber, size, length));
        }
    }

    private void change(FileChange change) {
        length = change.applyTo(current, length);
        changes.add(change);
    }

    /** Makes durable what was changed up to {@code number} and was not forgotten. */
    void sync(long number) {
        List<FileChange> remaining = new ArrayList<>();
        for (FileChange change : changes) {
            if (change.number > number || change.forgotten) {
                remaining.add(change);
            } else {
                durableLength = change.applyTo(durable, durableLength);
                if (change.truncation) {
                    // The length is metadata: it holds even where the writes that had made the file longer are
                    // forgotten.
                    durableLength = change.from;
                }
                remaining.removeIf(older -> older.yieldTo(change));
            }
        }
        changes.clear();
        changes.addAll(remaining);
    }

    /**
     * Forgets the writes up to {@code number}: reads see them, no sync will write them. Lengths that were cut are
     * metadata, which is tried again.
     */
    void failSync(long number) {
        for (FileChange change : changes) {
            change.forgotten |= change.number <= number && !change.truncation;
        }
    }

    /** Loses what {@code cut} does not let survive. What is left counts as durable: it is on the disk. */
    void crash(PowerCut cut) {
        if (changes.isEmpty()) {
            Check.that(length == durableLength, "a file of %d bytes has %d durable ones", length, durableLength);
            return;
        }
        durableLength = cut.apply(changes, durable, durableLength);
        length = durableLength;
        current = durable.fork();
        changes.clear();
    }

    /** Inverts one bit wherever this byte is: in memory, on the disk, and on its way there. */
    void flip(long position, int bit) {
        current.flip(position, bit);
        durable.flip(position, bit);
        for (FileChange change : changes) {
            if (change.from <= position && position < change.to && !change.truncation) {
                change.bytes.flip(position, bit);
            }
        }
    }

    void opened() {
        handles++;
    }

    void closed() {
        handles--;
    }

    void unnamed() {
        named = false;
    }

    /** It has a name, and the process that had it open is gone. */
    void orphaned() {
        named = true;
        handles = 0;
    }

    /** Whether its space can be used again. */
    boolean gone() {
        return !named && handles == 0;
    }
}

package io.millrace.testkit;

/**
 * A write or a truncation of one file that is not durable yet. Changes of a file are numbered in the order in which
 * they were made.
 */
final class FileChange {
    final long number;
    /** First byte that changed; of a truncation, the new length. */
    final long from;
    /** One past the last byte that changed; of a truncation, the length before. */
    long to;
    /** What was written, at its place in the file; of a truncation, nothing but zeros. */
    final PagedBytes bytes;

    final boolean truncation;
    /** A failed sync marked it clean: no later sync will write it. */
    boolean forgotten;

    private FileChange(long number, long from, long to, PagedBytes bytes, boolean truncation) {
        this.number = number;
        this.from = from;
        this.to = to;
        this.bytes = bytes;
        this.truncation = truncation;
    }

    static FileChange write(long number, long from, long to, PagedBytes bytes) {
        return new FileChange(number, from, to, bytes, false);
    }

    static FileChange truncation(long number, long from, long to) {
        return new FileChange(number, from, to, new PagedBytes(), true);
    }

    /** Makes the change in {@code image}, which is {@code length} bytes long; returns its length after that. */
    long applyTo(PagedBytes image, long length) {
        if (truncation) {
            image.cut(from);
            return Math.min(length, from);
        }
        image.copyFrom(bytes, from, to);
        return Math.max(length, to);
    }

    /**
     * Keeps this older, forgotten write from undoing {@code synced}, which is durable now: where the two overlap, it
     * has the newer bytes from here on. Returns whether nothing is left of it.
     */
    boolean yieldTo(FileChange synced) {
        if (synced.truncation) {
            to = Math.min(to, synced.from);
            return to <= from;
        }
        bytes.copyFrom(synced.bytes, Math.max(from, synced.from), Math.min(to, synced.to));
        return false;
    }
}

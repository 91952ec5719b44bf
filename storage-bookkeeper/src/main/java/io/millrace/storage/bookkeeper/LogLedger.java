package io.millrace.storage.bookkeeper;

/**
 * A ledger of a shard's log.
 *
 * @param ledger the id of the ledger
 * @param from the position of the first record in it
 * @param to the position behind the last record that counts, or {@link #OPEN} while it is the last ledger
 */
record LogLedger(long ledger, long from, long to) {
    static final long OPEN = Long.MAX_VALUE;

    LogLedger closedAt(long end) {
        return new LogLedger(ledger, from, end);
    }

    boolean holds(long position) {
        return position >= from && position < to;
    }
}

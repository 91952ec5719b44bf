package io.millrace.storage.bookkeeper;

/**
 * How many bookies keep each entry.
 *
 * @param ensemble the bookies that a ledger is spread over
 * @param writeQuorum the bookies that each entry is sent to
 * @param ackQuorum the bookies that must have an entry on stable storage before it counts as synced
 */
public record Replication(int ensemble, int writeQuorum, int ackQuorum) {
    /** Three copies, of which two must be on stable storage. */
    public static final Replication DEFAULT = new Replication(3, 3, 2);

    /** Checks the order of the three. */
    public Replication {
        if (ackQuorum < 1 || writeQuorum < ackQuorum || ensemble < writeQuorum) {
            throw new IllegalArgumentException(
                    "an ensemble is at least the write quorum, and that at least the ack quorum, which is 1 or more");
        }
    }

    /** What the promise of the ack quorum needs at least, for when there are not bookies enough for more. */
    Replication least() {
        return new Replication(ackQuorum, ackQuorum, ackQuorum);
    }
}

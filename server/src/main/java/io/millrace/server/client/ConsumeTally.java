package io.millrace.server.client;

/** Counts what became of consumed messages. Any thread. */
final class ConsumeTally {
    private long acknowledged;
    private long released;
    private long lost;
    private long rejected;
    private long unclear;

    synchronized void onAcknowledged(long messages) {
        acknowledged += messages;
    }

    synchronized void onReleased(long messages) {
        released += messages;
    }

    synchronized void onRejected(long messages) {
        rejected += messages;
    }

    /** The lease ended before the message was settled: somebody else gets it, or has it. */
    synchronized void onLost(long messages) {
        lost += messages;
    }

    /** The connection was lost while settling; when asked again, the broker did not know the lease. */
    synchronized void onUnclear(long messages) {
        unclear += messages;
    }

    @Override
    public synchronized String toString() {
        return Numbers.messages(acknowledged) + " acknowledged"
                + part(released, "given back")
                + part(rejected, "rejected")
                + part(lost, "come again because their lease ended too early")
                + part(unclear, "acknowledged or coming again: the broker was away in that moment");
    }

    private static String part(long count, String what) {
        return count == 0 ? "" : ", " + Numbers.count(count) + " " + what;
    }
}

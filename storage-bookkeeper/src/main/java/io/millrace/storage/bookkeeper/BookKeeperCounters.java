package io.millrace.storage.bookkeeper;

import io.millrace.storage.StoreFigures;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What the store has done since it was opened. Bumped and read by any thread. */
public final class BookKeeperCounters {
    final LongAdder entries = new LongAdder();
    final LongAdder appendedBytes = new LongAdder();
    final LongAdder appendNanos = new LongAdder();
    final LongAdder ledgers = new LongAdder();
    final LongAdder degradedLedgers = new LongAdder();
    final LongAdder rolls = new LongAdder();
    final LongAdder repairs = new LongAdder();
    final LongAdder deletedLedgers = new LongAdder();
    final LongAdder orphans = new LongAdder();
    final LongAdder nodeChanges = new LongAdder();

    BookKeeperCounters() {}

    /** Entries of logs that are on a quorum of bookies. */
    public long entries() {
        return entries.sum();
    }

    /** Bytes of these entries, without their headers. */
    public long appendedBytes() {
        return appendedBytes.sum();
    }

    /** Nanoseconds from when these entries were sent until a quorum had them, in sum. */
    public long appendNanos() {
        return appendNanos.sum();
    }

    /** Ledgers that were to be made. */
    public long ledgers() {
        return ledgers.sum();
    }

    /** Those among them that have fewer copies than wanted, for lack of bookies. */
    public long degradedLedgers() {
        return degradedLedgers.sum();
    }

    /** Logs that went on in another ledger because theirs was full. */
    public long rolls() {
        return rolls.sum();
    }

    /** Logs that went on in another ledger because an entry could not be appended to theirs. */
    public long repairs() {
        return repairs.sum();
    }

    /** Ledgers deleted because nothing in them is needed any more. */
    public long deletedLedgers() {
        return deletedLedgers.sum();
    }

    /** Ledgers deleted that an earlier owner had made and never come to use. */
    public long orphans() {
        return orphans.sum();
    }

    /** Changes of the shards' nodes. */
    public long nodeChanges() {
        return nodeChanges.sum();
    }

    /** All of it for operators; {@code logBytes} are kept. */
    StoreFigures figures(long logBytes) {
        return new StoreFigures(
                entries(),
                appendedBytes(),
                entries(),
                appendNanos(),
                logBytes,
                List.of(
                        count("ledgers", "Ledgers that were to be made.", ledgers()),
                        count(
                                "degraded_ledgers",
                                "Ledgers with too few copies, for lack of bookies.",
                                degradedLedgers()),
                        count("deleted_ledgers", "Ledgers deleted: nothing in them was needed.", deletedLedgers()),
                        count("orphaned_ledgers", "Ledgers of earlier owners deleted: nothing named them.", orphans()),
                        count("ledger_rolls", "Logs that went on in another ledger: theirs was full.", rolls()),
                        count("ledger_repairs", "Logs that went on in another ledger: theirs had failed.", repairs()),
                        count("node_changes", "Changes of nodes in ZooKeeper.", nodeChanges())));
    }

    private static StoreFigures.Count count(String name, String help, long value) {
        return new StoreFigures.Count("bookkeeper_" + name, help, value);
    }
}

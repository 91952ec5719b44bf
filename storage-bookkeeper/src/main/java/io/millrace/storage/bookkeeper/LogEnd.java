package io.millrace.storage.bookkeeper;

import io.millrace.storage.CorruptEntryException;
import java.util.concurrent.CompletableFuture;
import org.apache.bookkeeper.client.api.ReadHandle;

/** Where the records of a ledger end whose writer was fenced, or has given up. */
final class LogEnd {
    private LogEnd() {}

    /**
     * Fences whoever writes to the last ledger of a log, has the bookies agree on its end, and gives the position
     * behind its last whole record.
     */
    static CompletableFuture<Long> recover(Ledgers ledgers, int shard, LogLedger last) {
        return ledgers.open(last.ledger(), true)
                .thenCompose(handle -> find(handle, shard, last.from()).whenComplete((end, failure) -> {
                    var unused = handle.closeAsync();
                }));
    }

    private static CompletableFuture<Long> find(ReadHandle handle, int shard, long from) {
        long last = handle.getLastAddConfirmed();
        if (last < 0) {
            return CompletableFuture.completedFuture(from);
        }
        return handle.readAsync(last, last).thenCompose(entries -> {
            try (entries) {
                EntryHeader header = EntryHeader.decode(
                        entries.getEntry(last).getEntryBuffer().duplicate(),
                        shard,
                        "ledger " + handle.getId() + ", entry " + last);
                // Of a record that was split, only the first parts may be here: then they do not count.
                return CompletableFuture.completedFuture(header.recordsTo());
            } catch (CorruptEntryException e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }
}

package io.millrace.storage.bookkeeper;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.bookkeeper.client.api.ReadHandle;
import org.jspecify.annotations.Nullable;

/** The ledgers that are open to be read: those that are written to, and a bounded number of closed ones. Any thread. */
final class LedgerHandles {
    private static final int OPEN_MAX = 256;

    private final Ledgers ledgers;
    private final Map<Long, ReadHandle> written = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<ReadHandle>> closed = new LinkedHashMap<>(16, 0.75f, true);

    LedgerHandles(Ledgers ledgers) {
        this.ledgers = ledgers;
    }

    /** A handle through which everything that was appended can be read. */
    CompletableFuture<ReadHandle> get(long ledger) {
        ReadHandle writing = written.get(ledger);
        if (writing != null) {
            return CompletableFuture.completedFuture(writing);
        }
        CompletableFuture<ReadHandle> opened;
        @Nullable CompletableFuture<ReadHandle> evicted = null;
        synchronized (this) {
            CompletableFuture<ReadHandle> known = closed.get(ledger);
            if (known != null) {
                return known;
            }
            opened = ledgers.open(ledger, false);
            closed.put(ledger, opened);
            if (closed.size() > OPEN_MAX) {
                evicted = closed.remove(closed.keySet().iterator().next());
            }
        }
        close(evicted);
        // Not kept where it failed: the next read tries again.
        return opened.whenComplete((handle, failure) -> {
            if (failure != null) {
                forget(ledger);
            }
        });
    }

    /** A ledger is written to from now on. */
    void writing(ReadHandle handle) {
        written.put(handle.getId(), handle);
    }

    /** A ledger is not written to any more. */
    void written(long ledger) {
        written.remove(ledger);
    }

    /** A ledger is not read any more. */
    void forget(long ledger) {
        @Nullable CompletableFuture<ReadHandle> removed;
        synchronized (this) {
            removed = closed.remove(ledger);
        }
        close(removed);
    }

    private static void close(@Nullable CompletableFuture<ReadHandle> handle) {
        if (handle != null) {
            var unused = handle.thenCompose(ReadHandle::closeAsync);
        }
    }
}

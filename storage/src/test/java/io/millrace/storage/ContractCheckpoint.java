package io.millrace.storage;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A checkpoint in the {@link SegmentStoreContract} whose answer can be waited for. */
final class ContractCheckpoint extends Checkpoint {
    private static final long WAIT_SECONDS_MAX = 60;

    private final CompletableFuture<Void> stored = new CompletableFuture<>();

    ContractCheckpoint(long replayFrom, List<Extent> adopted, byte[] manifest) {
        super(replayFrom, adopted, manifest);
    }

    /** Waits until it is stored. */
    void await() throws Exception {
        stored.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
    }

    @Override
    public void onStored() {
        stored.complete(null);
    }

    @Override
    public void onFailed(IOException reason) {
        stored.completeExceptionally(reason);
    }
}

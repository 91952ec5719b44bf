package io.millrace.storage;

import io.millrace.base.Loop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Work on segments in the {@link SegmentStoreContract}: pieces that are done one per step; notes how it goes on. */
final class ContractJob extends SegmentJob {
    private static final long WAIT_SECONDS_MAX = 60;

    private final Loop loop;
    private final List<Piece> pieces;
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final boolean endless;
    private int next;

    /** A piece of work. */
    interface Piece {
        void run(SegmentStore store) throws IOException;
    }

    ContractJob(Loop loop, Piece... pieces) {
        this(loop, false, pieces);
    }

    private ContractJob(Loop loop, boolean endless, Piece... pieces) {
        this.loop = loop;
        this.endless = endless;
        this.pieces = List.of(pieces);
    }

    /** A job that does {@code piece} again and again. */
    static ContractJob endless(Loop loop, Piece piece) {
        return new ContractJob(loop, true, piece);
    }

    /** What was called, in order. */
    List<String> events() {
        return List.copyOf(events);
    }

    /** Waits for the answer; throws what it failed with. */
    void await() throws Exception {
        try {
            done.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : e;
        }
    }

    @Override
    public boolean step(SegmentStore store) throws IOException {
        if (!endless || events.isEmpty()) {
            events.add("step " + next + (loop.isCurrent() ? " on the loop" : ""));
        }
        pieces.get(next).run(store);
        if (endless) {
            return false;
        }
        next++;
        return next == pieces.size();
    }

    @Override
    public void abandon() {
        events.add("abandon" + (loop.isCurrent() ? " on the loop" : ""));
    }

    @Override
    public void onDone() {
        events.add("done" + (loop.isCurrent() ? " on the loop" : ""));
        done.complete(null);
    }

    @Override
    public void onFailed(IOException reason) {
        events.add("failed" + (loop.isCurrent() ? " on the loop" : ""));
        done.completeExceptionally(reason);
    }
}

package io.millrace.storage.local;

import io.millrace.storage.Damage;
import io.millrace.storage.run.RunDamage;
import io.millrace.storage.run.RunVerifier;
import io.millrace.storage.segment.SegmentVerifier;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks one sealed segment by itself, a step at a time: entries, a snapshot or an ordered run, whichever it says that
 * it is. Blocks; for one thread.
 */
final class SegmentCheck {
    private final LocalSegmentStore store;
    private final long segment;
    private final String name;
    private final Consumer<Damage> listener;
    private @Nullable SegmentVerifier entries;
    private @Nullable RunVerifier run;

    SegmentCheck(LocalSegmentStore store, long segment, Consumer<Damage> listener) {
        this.store = store;
        this.segment = segment;
        this.name = String.valueOf(store.files().path(store.shard(), segment).getFileName());
        this.listener = listener;
    }

    /** Checks the next piece; returns whether it was the last. */
    boolean step() throws IOException {
        SegmentVerifier ofEntries = entries;
        RunVerifier ofRun = run;
        if (ofRun != null) {
            return step(ofRun);
        } else if (ofEntries != null) {
            return ofEntries.step();
        } else if (RunVerifier.isRun(store, segment)) {
            run = new RunVerifier(store, segment);
        } else {
            entries = new SegmentVerifier(
                    store,
                    store.shard(),
                    segment,
                    false,
                    (offset, bytes, what) -> listener.accept(new Damage(name, offset, bytes, what)));
        }
        return false;
    }

    private boolean step(RunVerifier verifier) throws IOException {
        int known = verifier.damages().size();
        boolean last = verifier.step();
        for (RunDamage each :
                verifier.damages().subList(known, verifier.damages().size())) {
            listener.accept(new Damage(
                    name, (long) each.block() * RunVerifier.BLOCK_BYTES, RunVerifier.BLOCK_BYTES, each.reason()));
        }
        return last;
    }

    /** Bytes that were read so far. */
    long bytesRead() {
        SegmentVerifier ofEntries = entries;
        RunVerifier ofRun = run;
        return ofRun != null ? ofRun.bytesRead() : ofEntries != null ? ofEntries.bytesRead() : 0;
    }
}

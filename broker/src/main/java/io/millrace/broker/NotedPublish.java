package io.millrace.broker;

import io.millrace.broker.message.NativeBatch;
import io.millrace.engine.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * A publish that notes what becomes of it, for one who waits for several and then looks at all of them. Noted on the
 * loop of its shard; whoever reads it on another thread has to be told by a way that orders memory.
 */
public class NotedPublish extends NativePublish {
    private long firstOffset;
    private boolean isDuplicate;
    private @Nullable Refusal refusal;

    /** Publishes {@code batch}, which holds at least one message. */
    public NotedPublish(NativeBatch batch) {
        super(batch);
    }

    /** The offset of the first message once it is stored; of a duplicate that of the first publish. */
    public final long firstOffset() {
        return firstOffset;
    }

    /** Whether it was published before, with the same deduplication id, and not stored again. */
    public final boolean isDuplicate() {
        return isDuplicate;
    }

    /** Why it was refused; null where it was not, or nothing is known yet. */
    public final @Nullable Refusal refusal() {
        return refusal;
    }

    /** What became of it is noted. On the shard's loop. */
    protected void onNoted() {
        // Whoever hears of it in another way need not be told.
    }

    @Override
    protected final void onPublished(long offset) {
        firstOffset = offset;
        onNoted();
    }

    @Override
    protected final void onPublishedBefore(long offset) {
        isDuplicate = true;
        onPublished(offset);
    }

    @Override
    protected final void onFailed(Refusal reason) {
        refusal = reason;
        onNoted();
    }
}

package io.millrace.engine.subscription;

import io.millrace.engine.index.ShardIndex;
import io.millrace.storage.run.Compaction;
import java.util.function.Supplier;

/** What a subscription needs of those around it. The loop's. */
public interface SubscriptionOwner {
    /** Makes an index of its messages, as {@link io.millrace.engine.index.ShardIndexes#ofQueue} does. */
    ShardIndex makeIndex(int kind, Supplier<Compaction> compactions, Runnable onFront);

    /** More is known of which message is next: those who wait for one are looked after. */
    void onFront();

    /** Messages from {@code from} up to but not {@code to} may not wait any more to be delivered, or wait again. */
    void onChanged(long from, long to);

    /** Makes what reads of which groups its messages are. */
    GroupReader makeGroupReader();
}

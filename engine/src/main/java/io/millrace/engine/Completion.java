package io.millrace.engine;

import java.util.function.Consumer;

/** Something that waits until a record is on stable storage. Called on the loop, once. */
interface Completion {
    /** The record is synced. */
    void onSynced(Shard shard);

    /**
     * The record is as far as its queue asks for, and may not be synced; comes before {@link #onSynced} or {@link
     * #onLost}, or never. Those that nobody may be told of any earlier do nothing.
     */
    default void onAnswerable() {
        // It waits for the sync.
    }

    /** It never will be. */
    void onLost(Refusal reason);

    /** One that runs {@code synced}, or tells {@code lost} why not. */
    static Completion of(Runnable synced, Consumer<Refusal> lost) {
        return new Completion() {
            @Override
            public void onSynced(Shard shard) {
                synced.run();
            }

            @Override
            public void onLost(Refusal reason) {
                lost.accept(reason);
            }
        };
    }
}

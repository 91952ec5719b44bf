package io.millrace.engine;

/** Something that waits until a record is on stable storage. Called on the loop, once. */
interface Completion {
    /** The record is synced. */
    void onSynced(Shard shard);

    /** It never will be. */
    void onLost(Refusal reason);
}

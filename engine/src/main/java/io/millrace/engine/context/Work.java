package io.millrace.engine.context;

/** How a piece of background work of a shard ends: with exactly one of these, on the shard's loop, unless that ends. */
public interface Work {
    /** It is done. */
    void onDone();

    /** It could not be done, which the host was told; everything is where it was, and it is begun again later. */
    void onFailed();
}

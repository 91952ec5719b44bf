package io.millrace.storage;

/**
 * A kind of store that is on other machines; found with {@link java.util.ServiceLoader}, so that a broker on its own
 * disk neither needs nor loads what it takes. Any thread.
 */
public interface ClusterStoreProvider {
    /** The store that {@code options} describe; {@link IllegalArgumentException} says which of them cannot be. */
    StoreOpener opener(ClusterStoreOptions options);
}

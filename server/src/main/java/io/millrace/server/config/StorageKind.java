package io.millrace.server.config;

/** Where a broker keeps what is stored. */
public enum StorageKind {
    /** On the disk of its machine, in the data directory. */
    LOCAL,
    /** On a cluster of Apache BookKeeper. */
    BOOKKEEPER
}

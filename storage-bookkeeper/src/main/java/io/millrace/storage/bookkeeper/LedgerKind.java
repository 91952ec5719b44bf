package io.millrace.storage.bookkeeper;

/** What a ledger is for; part of its custom metadata. */
enum LedgerKind {
    LOG,
    SEGMENT,
    MANIFEST
}

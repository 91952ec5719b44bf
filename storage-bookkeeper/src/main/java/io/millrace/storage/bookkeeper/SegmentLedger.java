package io.millrace.storage.bookkeeper;

/**
 * The ledger of a sealed segment.
 *
 * @param ledger the id of the ledger
 * @param bytes the length of the segment
 * @param pieceBytes the length of each entry but the last
 */
record SegmentLedger(long ledger, long bytes, int pieceBytes) {}

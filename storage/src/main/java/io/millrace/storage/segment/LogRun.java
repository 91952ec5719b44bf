package io.millrace.storage.segment;

import io.millrace.storage.index.SealedRun;

/**
 * The entries of one log in a segment, as its list of contents names them.
 *
 * @param logId the log
 * @param run where its index is, and what is behind it
 */
public record LogRun(long logId, SealedRun run) {}

package io.millrace.server.client;

import io.millrace.server.client.ApiException.Outcome;
import org.jspecify.annotations.Nullable;

/** Counts what became of published messages. Any thread. */
final class PublishTally {
    private long confirmed;
    private long confirmedBytes;
    private long duplicates;
    private long unroutable;
    private long refused;
    private long unknown;
    private @Nullable ApiException failure;

    synchronized void onConfirmed(Published published, int messages, long bytes) {
        confirmed += messages - published.unroutable();
        unroutable += published.unroutable();
        confirmedBytes += bytes;
        duplicates += published.duplicates();
    }

    /** {@code isInDoubt} where an earlier attempt may have stored them. */
    synchronized void onFailed(int messages, ApiException why, boolean isInDoubt) {
        if (isInDoubt || why.outcome() == Outcome.UNKNOWN) {
            unknown += messages;
        } else {
            refused += messages;
        }
        if (failure == null) {
            failure = why;
        }
    }

    synchronized long confirmed() {
        return confirmed;
    }

    synchronized long confirmedBytes() {
        return confirmedBytes;
    }

    /** Confirmed messages that were stored before, by an earlier publish or an earlier attempt. */
    synchronized long duplicates() {
        return duplicates;
    }

    /** Messages that no binding of their exchange took. */
    synchronized long unroutable() {
        return unroutable;
    }

    /** Messages that are not stored. */
    synchronized long refused() {
        return refused;
    }

    /** Messages that may be stored or not. */
    synchronized long unknown() {
        return unknown;
    }

    /** The first failure; null as long as there is none. */
    synchronized @Nullable ApiException failure() {
        return failure;
    }
}

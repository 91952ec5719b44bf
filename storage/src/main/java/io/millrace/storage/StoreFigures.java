package io.millrace.storage;

import java.util.List;

/**
 * What a store has done since it was opened, at one moment.
 *
 * @param groups groups of records that were synced together
 * @param writtenBytes bytes written for them, headers and padding included
 * @param syncs how often it was waited for stable storage
 * @param syncNanos nanoseconds that this took, in sum
 * @param logBytes bytes of the logs that are kept, about as many as a start replays
 * @param own what only this kind of store counts
 */
public record StoreFigures(long groups, long writtenBytes, long syncs, long syncNanos, long logBytes, List<Count> own) {

    /** Copies what is counted. */
    public StoreFigures {
        own = List.copyOf(own);
    }

    /**
     * Something that one kind of store counts; it only grows.
     *
     * @param name lower-case words with {@code _} between, the kind of store first
     * @param help what it counts, as a sentence
     */
    public record Count(String name, String help, long value) {}
}

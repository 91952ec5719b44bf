package io.millrace.server.demo;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the broker says of a queue. Immutable; any thread.
 *
 * @param stored how many messages it has ever stored
 * @param left how many of them it still has
 */
record QueueCounts(long stored, long left) {
    /** Reads what the API answers about a queue. */
    static QueueCounts of(JsonNode queue) {
        JsonNode stats = queue.path("stats");
        long left = 0;
        for (String state : new String[] {"ready", "leased", "delayed", "damaged"}) {
            left += stats.required(state).asLong();
        }
        return new QueueCounts(stats.required("nextOffset").asLong(), left);
    }
}

package io.millrace.engine;

/**
 * A queue at one moment.
 *
 * @param ready messages that could be delivered now
 * @param leased messages that consumers hold
 * @param delayed messages that are not due yet
 * @param damaged messages that cannot be read
 * @param waiting receives that wait for a message
 * @param nextOffset the offset that the next message will have
 * @param counters what it did since the start
 */
public record QueueStats(
        long ready, long leased, long delayed, long damaged, int waiting, long nextOffset, QueueCounters counters) {}

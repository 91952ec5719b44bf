package io.millrace.storage.local;

/**
 * A group on its way from the writer to the syncer.
 *
 * @param sequence its sequence
 * @param file the file that it was written to
 * @param end where it ends in the file, with its padding
 * @param logs the logs that have frames in it
 * @param positions up to where the records of each of them are whole in this group or before it
 */
record WrittenGroup(long sequence, JournalFile file, long end, LocalShardLog[] logs, long[] positions) {}

package io.millrace.storage;

/**
 * A part of a shard's log that storage can free only as a whole: what is in one journal file, or in one ledger.
 *
 * @param from where it begins
 * @param to where it ends; a record that begins before and ends behind it cannot be adopted with it
 * @param liveBytes about how many bytes in it are still needed, those that several logs share for each of them
 */
public record Extent(long from, long to, long liveBytes) {}

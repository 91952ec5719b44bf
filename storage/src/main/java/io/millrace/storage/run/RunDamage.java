package io.millrace.storage.run;

/**
 * A block of a run that does not read back as it was written. Its records are gone from the index; where it is a node
 * of the block index or a piece of the filter, none are.
 *
 * @param segment the segment of the run
 * @param block the number of the block, from 0, of 4096 bytes each
 * @param reason what is wrong, with the place
 */
public record RunDamage(long segment, int block, String reason) {}

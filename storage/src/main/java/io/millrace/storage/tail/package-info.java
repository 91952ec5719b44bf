/**
 * What the stores have in common: the end of a shard's record stream in memory, how loops are told of what the agents
 * have done, and what becomes of an agent that dies.
 *
 * <p>A shard's loop fills the end of its {@link io.millrace.storage.tail.TailedShardLog}; a writer of the store reads
 * what the loop has
 * published, by positions.
 */
@NullMarked
package io.millrace.storage.tail;

import org.jspecify.annotations.NullMarked;

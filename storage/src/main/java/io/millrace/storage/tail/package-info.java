/**
 * What the stores have in common: the end of a shard's record stream in memory, how loops are told of what the agents
 * have done, and what becomes of an agent that dies.
 *
 * <p>A shard's loop fills {@link io.millrace.storage.tail.LogTail}; a writer of the store reads what the loop has
 * published, by positions.
 */
@NullMarked
package io.millrace.storage.tail;

import org.jspecify.annotations.NullMarked;

/**
 * What is stored and the interface to storage. {@link io.millrace.storage.ShardLog} is the one stream of records that
 * makes a shard durable; {@link io.millrace.storage.EntryEnvelope} is the unit in which messages are stored.
 *
 * <p>A shard log is used by its owner's loop only. Payloads live in reference-counted direct buffers; what a method
 * returns retained, its caller releases.
 */
@NullMarked
package io.millrace.storage;

import org.jspecify.annotations.NullMarked;

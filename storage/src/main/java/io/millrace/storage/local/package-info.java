/**
 * The local implementation of {@link io.millrace.storage.ShardLog}: the shard logs of one device, multiplexed onto one
 * journal of pre-written files (format: docs/formats/journal.md, recovery: docs/internals/recovery.md).
 *
 * <p>Threads. A {@link io.millrace.storage.local.LocalShardLog} belongs to its shard's loop. Five agents serve all
 * shards: the writer forms groups and writes them, the syncer syncs them and tells the loops, the file keeper prepares
 * and recycles files, the reader reads what is no longer in memory, the segment agent works on segments and replaces
 * manifests. Each datum has one of them as its owner; what is
 * read by another is published by a volatile write.
 *
 * <p>Invariants. Groups are synced in the order of their sequence. After the first failed write or sync no group is
 * ever reported as synced. A file is recycled only after every shard has trimmed it and nobody reads it.
 */
@NullMarked
package io.millrace.storage.local;

import org.jspecify.annotations.NullMarked;

/**
 * Ordered runs: sorted collections of records that are larger than memory, above {@link io.millrace.storage.ShardLog}
 * and {@link io.millrace.storage.SegmentStore}. A record is three longs, {@code (key, sub, value)}, ordered by all
 * three, signed. {@link io.millrace.storage.run.OrderedIndex} is the collection; what it holds beyond a bounded head in
 * memory lies in immutable <em>runs</em>, sealed segments of sorted records (docs/formats/ordered-run.md).
 *
 * <p>Threads. An index belongs to the loop of its shard and never blocks: it reads blocks with {@link
 * io.millrace.storage.ShardLog#read}, and has runs written and merged by {@link io.millrace.storage.SegmentJob}s. What
 * a job uses is handed over to it and back, never shared, except for what does not change any more: runs, and a head
 * that is being written.
 *
 * <p>Invariants. A record is in the index once, however many runs hold it. A run is never changed; what was taken from
 * its front is known by a bound. Segments are reported as unused only when nothing reads them any more.
 */
@NullMarked
package io.millrace.storage.run;

import org.jspecify.annotations.NullMarked;

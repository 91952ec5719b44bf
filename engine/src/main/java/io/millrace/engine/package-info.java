/**
 * The engine: a {@link io.millrace.engine.Shard} is a deterministic state machine over a
 * {@link io.millrace.storage.ShardLog}. Commands, completions of the log and the clock go in; records, deliveries and
 * answers come out. It has no thread, clock, logger or file of its own, so that a whole broker runs in simulated time.
 *
 * <p>Here are the shard, the commands that callers hand in ({@link io.millrace.engine.Publish}, {@link
 * io.millrace.engine.Receive}, {@link io.millrace.engine.Settlement}, {@link io.millrace.engine.Peek} ...) and those
 * who carry them out; what they work on is in the packages below, which know nothing of this one. Everything of a shard
 * is touched on its loop only, and the callbacks of commands run there.
 *
 * <p>Invariants. A message is delivered only after its entry is synced. Of one message at most one lease lives. A
 * settlement takes effect at once in memory and is answered when it is synced; what is trimmed rests on synced records.
 */
@NullMarked
package io.millrace.engine;

import org.jspecify.annotations.NullMarked;

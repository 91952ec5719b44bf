/**
 * Snapshots of the state of a shard and the checkpoints that name them (docs/formats/snapshot.md): decides what is done
 * next in the background, writes them, and at a start takes up the newest. The loop's; at a start the opening thread's.
 * A snapshot is not ahead of the disk, and what a checkpoint names is there.
 */
@NullMarked
package io.millrace.engine.checkpoint;

import org.jspecify.annotations.NullMarked;

/**
 * The ordered indexes of a shard (docs/internals/indexes.md): by time, by key, and of each queue that needs them by
 * priority and by group. The loop's. They know messages by log and offset only, and what they say may be out of date:
 * whoever is told of it decides. A segment that a description names stays until a checkpoint has a later one.
 */
@NullMarked
package io.millrace.engine.index;

import org.jspecify.annotations.NullMarked;

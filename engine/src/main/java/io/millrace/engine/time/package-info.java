/**
 * The shard's own time, and deadlines by it: a {@link io.millrace.engine.time.TimerWheel} for many small things, and
 * one timer of the loop for all of them. The loop's. The shard's time never goes back, and a deadline fires late by
 * some milliseconds, never early.
 */
@NullMarked
package io.millrace.engine.time;

import org.jspecify.annotations.NullMarked;

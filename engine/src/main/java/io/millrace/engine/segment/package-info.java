/**
 * The segments of entries of a shard: which are in use by whom, and the jobs that write some together or delete them.
 * The loop's, but for the steps of jobs, which are the background agent's. A segment is deleted only when no run of it
 * is in use, nobody reads in it, and a checkpoint does without it.
 */
@NullMarked
package io.millrace.engine.segment;

import org.jspecify.annotations.NullMarked;

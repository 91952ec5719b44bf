/**
 * Moves what lives to where it stays: out of the oldest part of the log, and out of segments in which little lives or
 * that are many. The loop's, but for the steps of jobs, which are the background agent's. Until a checkpoint says
 * otherwise everything is also where it was.
 */
@NullMarked
package io.millrace.engine.compaction;

import org.jspecify.annotations.NullMarked;

/**
 * Says what is stored, in words, and what of it is damaged: for tools that look at a data directory while no shard runs
 * on it. Changes nothing. For one thread at a time.
 */
@NullMarked
package io.millrace.engine.inspect;

import org.jspecify.annotations.NullMarked;

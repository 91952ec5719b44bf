/**
 * What callers decide: for how long a log keeps its messages, and how much memory and work a shard may take. Values, of
 * any thread; {@link io.millrace.engine.policy.MessageKeys} is called by several at a time.
 */
@NullMarked
package io.millrace.engine.policy;

import org.jspecify.annotations.NullMarked;

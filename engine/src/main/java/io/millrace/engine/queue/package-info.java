/**
 * The queues of a shard, each a log with its subscription. The loop's. They know no commands: those who wait for their
 * messages are kept by those who deliver. A message is readable only when its entry is synced, and an offset is given
 * out once.
 */
@NullMarked
package io.millrace.engine.queue;

import org.jspecify.annotations.NullMarked;

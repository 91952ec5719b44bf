/**
 * Moves messages out of a queue, where they came from or somewhere else: dead letters, once what was in their way is
 * mended. {@link io.millrace.broker.redrive.Redrives} has the jobs that do it.
 *
 * <p>A job is at home on the loop of the shard of its queue. It looks at some messages, chooses, and has them published
 * where they go and removed here in one transaction, so that each is in one of the two places at any moment, also over
 * a crash. It holds the messages of one look, whatever the queue has.
 */
@NullMarked
package io.millrace.broker.redrive;

import org.jspecify.annotations.NullMarked;

/**
 * What became of the messages of a queue, and which is next: settled, leased, returned, delayed; in the order of
 * offsets, priorities and turns of groups. {@link io.millrace.engine.subscription.IndividualSubscription} is the way
 * in. The loop's. Every message is in exactly one state; of a group one at a time is out.
 */
@NullMarked
package io.millrace.engine.subscription;

import org.jspecify.annotations.NullMarked;

/**
 * The broker behind all doors: {@link io.millrace.broker.Broker} takes operations, {@link io.millrace.broker.Access}
 * says who may do what, names are {@link io.millrace.broker.ResourceName}s in a {@link io.millrace.broker.SpaceName}.
 *
 * <p>Any thread calls in; the work is done on the loops of the shards. Doors know nothing of each other, only this.
 */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;

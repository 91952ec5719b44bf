/**
 * Exchanges: where a message goes that is not published to a queue. A {@link io.millrace.broker.routing.RoutingTable}
 * has all exchanges and their bindings and finds the queues for a message; what is here stores nothing and knows no
 * principal.
 *
 * <p>Everything is immutable: a table with one binding more shares nearly all with the one before, and costs the
 * logarithm of its size. Any thread.
 */
@NullMarked
package io.millrace.broker.routing;

import org.jspecify.annotations.NullMarked;

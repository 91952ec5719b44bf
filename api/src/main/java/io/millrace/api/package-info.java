/**
 * The HTTP door of the broker: {@link io.millrace.api.HttpDoor} listens and is opened and closed by the server;
 * {@link io.millrace.api.NettyLoop} lets shards run on the loops that the doors use.
 *
 * <p>Any thread opens and closes. Requests are worked on by the loop of their connection, the broker's work by the
 * loops of its shards.
 */
@NullMarked
package io.millrace.api;

import org.jspecify.annotations.NullMarked;

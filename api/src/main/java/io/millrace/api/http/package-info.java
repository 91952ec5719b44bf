/**
 * What every HTTP route stands on: how a request is let in, read, answered and refused, and the bounds on the memory
 * that clients can take. Nothing here knows a queue; the routes are in {@link io.millrace.api.rest}.
 *
 * <p>A request belongs to the loop of its connection: an {@link io.millrace.api.http.Exchange} is touched there only,
 * but an answer may be completed by any thread.
 *
 * <p>Invariants. Everything that goes wrong is answered with a problem document (RFC 9457). Bytes of requests and of
 * answers are taken from a budget before they are kept. On a connection of HTTP/1 one request is worked on at a time.
 */
@NullMarked
package io.millrace.api.http;

import org.jspecify.annotations.NullMarked;

/**
 * A broker with very many messages or queues: heap, rates, start, bytes written. Nothing here is used by the broker.
 */
@NullMarked
package io.millrace.bench.scale;

import org.jspecify.annotations.NullMarked;

/**
 * Benchmarks: JMH for the parts, load programs for the whole. Each prints what it measured beside the limit that the
 * machine sets, in the same run. Nothing here is used by the broker.
 */
@NullMarked
package io.millrace.bench;

import org.jspecify.annotations.NullMarked;

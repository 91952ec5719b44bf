/**
 * Figures for Prometheus. {@link io.millrace.api.metrics.Metric} declares every one with its help text; the others
 * collect them when they are asked for.
 *
 * <p>Any thread. A scrape costs memory for the series that it returns, which are capped.
 */
@NullMarked
package io.millrace.api.metrics;

import org.jspecify.annotations.NullMarked;

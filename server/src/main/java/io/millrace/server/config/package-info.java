/**
 * The configuration: one schema of every key, from which parsing, help and documentation are drawn; the sources of
 * values (defaults, a YAML file, environment variables, flags, later ones winning); and the typed {@link
 * io.millrace.server.config.Settings} that the wiring reads.
 *
 * <p>Everything here runs once, at the start, on the main thread; results are immutable. Nothing is guessed: a key that
 * the schema does not hold, a value without its unit, or two settings that contradict each other stop the start, and
 * all problems are reported together, each with the place that it came from.
 */
@NullMarked
package io.millrace.server.config;

import org.jspecify.annotations.NullMarked;

/**
 * Logging: what is logged through SLF4J becomes one line per event on standard error, as text or JSON. Threads that
 * log only put the event into a bounded queue; one thread writes, so that a reader of standard error that stops
 * reading never stops an event loop. Repetitions are limited, and what was left out is counted in the log itself.
 *
 * <p>Until {@link io.millrace.server.logging.Logging#start} nothing is logged. Secrets are kept out by the types that
 * hold them, which do not print themselves.
 */
@NullMarked
package io.millrace.server.logging;

import org.jspecify.annotations.NullMarked;

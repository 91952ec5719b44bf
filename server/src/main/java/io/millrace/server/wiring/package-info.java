/**
 * Puts a broker together: settings become options, the broker is opened, its doors are opened on the same loops. Runs
 * on the thread that starts the process; what it starts has threads of its own.
 */
@NullMarked
package io.millrace.server.wiring;

import org.jspecify.annotations.NullMarked;

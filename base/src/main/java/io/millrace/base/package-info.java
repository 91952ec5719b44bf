/**
 * What every module stands on: checks, units, and the outside world as interfaces (time, loops, agents) so that a whole
 * broker can run single-threaded in simulated time. Nothing here knows what a message is.
 */
@NullMarked
package io.millrace.base;

import org.jspecify.annotations.NullMarked;

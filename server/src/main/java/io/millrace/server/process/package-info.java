/**
 * The process around a broker: the lock on its data directory, its ports, the ready file, the signals that end it, and
 * the order in which all that happens ({@link io.millrace.server.process.BrokerProcess}). What a broker is made of is
 * behind {@link io.millrace.server.process.BrokerStarter}.
 *
 * <p>Everything runs on the thread that serves, except where a class says otherwise. The ready file exists only while
 * every door answers; the directory is locked from before the first file in it is read until after the last is closed.
 */
@NullMarked
package io.millrace.server.process;

import org.jspecify.annotations.NullMarked;

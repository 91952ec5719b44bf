/**
 * The command line: the root command, the frame that runs commands and turns failures into one clear line and an exit
 * status (0 done, 1 failed, 2 used wrongly), and the commands themselves.
 *
 * <p>One process runs one command, on the main thread. Results go to standard output, everything else to standard
 * error.
 */
@NullMarked
package io.millrace.server.command;

import org.jspecify.annotations.NullMarked;

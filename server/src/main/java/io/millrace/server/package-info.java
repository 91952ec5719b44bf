/** The program: {@link io.millrace.server.Main} holds the table of commands. */
@NullMarked
package io.millrace.server;

import org.jspecify.annotations.NullMarked;

/**
 * The commands that look at a data directory which no broker uses, or copy one: {@link
 * io.millrace.server.data.DirectoryCommand} lists them. They know nothing of the formats; storage reads the files, the
 * engine says what is in them, and here is what becomes of that: lines and an exit status.
 *
 * <p>A command runs on the main thread and holds the directory's lock. What it looks at it leaves as it is.
 */
@NullMarked
package io.millrace.server.data;

import org.jspecify.annotations.NullMarked;

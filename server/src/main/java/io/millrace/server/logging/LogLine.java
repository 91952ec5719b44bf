package io.millrace.server.logging;

import org.jspecify.annotations.Nullable;

/**
 * What one line of the log says.
 *
 * @param epochMillis when it happened
 * @param thread the thread that it happened on
 * @param error the stack trace, in lines, where there is one
 */
record LogLine(long epochMillis, String level, String thread, String logger, String message, @Nullable String error) {}

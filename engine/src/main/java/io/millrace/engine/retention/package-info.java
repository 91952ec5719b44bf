/**
 * Retained logs: settles what they do not keep any more, because of its age, because of their size, or because a later
 * message has the same key. The loop's, but for reading keys, which the background agent does. What is settled goes as
 * in every queue; a message that cannot be read supersedes nothing.
 */
@NullMarked
package io.millrace.engine.retention;

import org.jspecify.annotations.NullMarked;

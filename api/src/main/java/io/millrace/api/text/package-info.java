/**
 * UTF-8 and JSON text between buffers, strictly: nothing is replaced, what is malformed is refused. Stateless, except
 * for writers of one thread.
 */
@NullMarked
package io.millrace.api.text;

import org.jspecify.annotations.NullMarked;

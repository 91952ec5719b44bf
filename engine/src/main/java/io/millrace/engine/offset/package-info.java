/**
 * Compressed sets of offsets, and counts by offset: what a queue knows of each of its messages costs no more than some
 * bits, and what happens in order costs nothing. Not thread-safe: of the loop, or of who has a copy.
 */
@NullMarked
package io.millrace.engine.offset;

import org.jspecify.annotations.NullMarked;

/**
 * Entries and blocks of their index, brought into memory and verified: from the tail of the log at once, from disk in
 * batches. Begun and completed on the loop; what was read is then of who releases it. Storage gets a place back only
 * when the reads that were begun there have ended.
 */
@NullMarked
package io.millrace.engine.read;

import org.jspecify.annotations.NullMarked;

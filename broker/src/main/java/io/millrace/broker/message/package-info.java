/**
 * The one view of a message that every protocol module reads and writes, and the broker's own body format
 * (docs/formats/native-body.md). The view never reaches the disk; a protocol's own format is stored as it came.
 *
 * <p>Views are of one thread at a time. What they give out is valid as long as the entry they look at.
 */
@NullMarked
package io.millrace.broker.message;

import org.jspecify.annotations.NullMarked;

/**
 * What the parts of a shard share: where they run, and who is told what goes wrong. A part knows this and those below
 * it, never the shard itself.
 */
@NullMarked
package io.millrace.engine.context;

import org.jspecify.annotations.NullMarked;

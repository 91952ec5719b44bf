/**
 * What every door works with: the names of spaces and of what lives in them. Names are checked where they come in, so
 * that a {@link io.millrace.broker.SpaceName} or {@link io.millrace.broker.ResourceName} in hand is always a good one.
 *
 * <p>Everything here is immutable and safe for any thread.
 */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;

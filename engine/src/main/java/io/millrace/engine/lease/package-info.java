/**
 * The leases that consumers hold, and everything else of a shard that has a deadline: one slot each in a {@link
 * io.millrace.engine.lease.LeaseTable}, found by its token, by its owner or by its timer. The loop's. A lease that was
 * ended is not found any more, and no two have one token.
 */
@NullMarked
package io.millrace.engine.lease;

import org.jspecify.annotations.NullMarked;

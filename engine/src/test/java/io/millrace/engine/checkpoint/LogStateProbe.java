package io.millrace.engine.checkpoint;

import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.queue.Queue;
import io.netty.buffer.ByteBuf;

/** The state of one log as a snapshot would have it. */
public final class LogStateProbe {
    private LogStateProbe() {}

    public static void write(Queue queue, long asOfPosition, LeaseTable leases, ByteBuf target) {
        LogState.write(queue, asOfPosition, leases, target);
    }
}

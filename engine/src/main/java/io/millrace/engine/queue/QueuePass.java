package io.millrace.engine.queue;

import io.millrace.engine.context.ShardContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Looks at every queue of a shard, a few in a turn, so that a shard with very many does not keep its loop. Queues that
 * are dropped meanwhile are left out; those that are opened meanwhile may be.
 */
final class QueuePass implements Runnable {
    /** Units of work in one turn; a unit takes about a tenth of a microsecond. */
    private static final long UNITS_MAX = 20_000;

    private final ShardContext context;
    private final List<Queue> queues;
    private final QueueVisitor visitor;
    private final Runnable whenDone;
    private int next;

    /** Will look at {@code queues}; {@code whenDone} runs at the end, unless the shard refuses everything by then. */
    QueuePass(ShardContext context, Collection<Queue> queues, QueueVisitor visitor, Runnable whenDone) {
        this.context = context;
        this.queues = new ArrayList<>(queues);
        this.visitor = visitor;
        this.whenDone = whenDone;
    }

    @Override
    public void run() {
        if (context.isRefusing()) {
            return;
        }
        long units = 0;
        while (next < queues.size() && units < UNITS_MAX) {
            Queue queue = queues.get(next++);
            units += queue.isDropped() ? 1 : 1 + visitor.visit(queue);
        }
        if (next < queues.size()) {
            context.loop().execute(this);
        } else {
            whenDone.run();
        }
    }
}

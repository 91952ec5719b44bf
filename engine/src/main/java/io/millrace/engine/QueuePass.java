package io.millrace.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Looks at every queue of a shard, a few in a turn, so that a shard with very many does not keep its loop. Queues that
 * are dropped meanwhile are left out; those that are opened meanwhile may be.
 */
final class QueuePass implements Runnable {
    /** Units of work in one turn; a unit takes about a tenth of a microsecond. */
    private static final long UNITS_MAX = 20_000;

    private final Shard shard;
    private final List<Queue> queues;
    private final Visitor visitor;
    private final Runnable whenDone;
    private int next;

    /** What is done with each queue. */
    interface Visitor {
        /** Returns the units of work that it took. */
        long visit(Queue queue);
    }

    private QueuePass(Shard shard, Visitor visitor, Runnable whenDone) {
        this.shard = shard;
        this.queues = new ArrayList<>(shard.queues().all());
        this.visitor = visitor;
        this.whenDone = whenDone;
    }

    /** Begins; {@code whenDone} runs at the end, unless the shard is closed or has failed before. */
    static void start(Shard shard, Visitor visitor, Runnable whenDone) {
        new QueuePass(shard, visitor, whenDone).run();
    }

    @Override
    public void run() {
        if (shard.isRefusing()) {
            return;
        }
        long units = 0;
        while (next < queues.size() && units < UNITS_MAX) {
            Queue queue = queues.get(next++);
            units += queue.dropped ? 1 : 1 + visitor.visit(queue);
        }
        if (next < queues.size()) {
            shard.loop().execute(this);
        } else {
            whenDone.run();
        }
    }
}

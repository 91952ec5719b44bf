package io.millrace.engine.queue;

/** What is done with each queue of a shard, see {@link ShardQueues#visit}. */
public interface QueueVisitor {
    /** Returns the units of work that it took; a unit takes about a tenth of a microsecond. */
    long visit(Queue queue);
}

package io.millrace.engine;

import io.millrace.engine.checkpoint.Checkpointing;
import io.millrace.engine.checkpoint.ShardPast;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.read.IndexLoader;
import io.millrace.engine.read.ShardReads;
import io.millrace.engine.record.RecordWriter;
import io.millrace.engine.retention.Retention;
import io.millrace.storage.ShardLog;
import java.util.Collection;

/** What a shard has once it is started. */
record ShardParts(
        ShardLog log,
        RecordWriter writer,
        ShardReads reads,
        Intake intake,
        ShardTransactions transactions,
        Leasing leasing,
        Settling settling,
        Dying dying,
        LengthLimits lengthLimits,
        EarlyAnswers earlyAnswers,
        DeadLettering deadLettering,
        IndexLoader indexLoader,
        Checkpointing checkpointing,
        Fetching fetching,
        Sifting sifting,
        Retention retention) {
    /** Those of {@code shard}, which goes on from its {@code past} on {@code log}. */
    static ShardParts of(Shard shard, ShardLog log, ShardPast past) {
        PartContext context = shard.context();
        ShardQueues queues = shard.queues();
        RecordWriter writer = new RecordWriter(log, shard.time());
        ShardReads reads = new ShardReads(log);
        Intake intake = new Intake(shard, log, writer);
        DeadLettering deadLettering = new DeadLettering(shard);
        return new ShardParts(
                log,
                writer,
                reads,
                intake,
                new ShardTransactions(shard, intake, writer),
                new Leasing(shard, log, reads, writer),
                new Settling(shard, writer),
                new Dying(shard, writer, deadLettering),
                new LengthLimits(shard, writer),
                new EarlyAnswers(shard, log),
                deadLettering,
                new IndexLoader(reads, queues.indexCache()),
                new Checkpointing(context, queues, shard.indexes(), shard.transactionTable(), log, reads, past),
                new Fetching(shard, log, reads),
                new Sifting(shard, log, reads),
                new Retention(
                        context, queues, log, writer, logId -> shard.host().keepPolicy(shard, logId)));
    }

    /** Refuses whatever waits: messages to be stored, and those who want messages of {@code queues}. */
    void refuseWaiting(Collection<Queue> queues, Refusal reason) {
        intake.refuse(reason);
        for (Queue each : queues) {
            leasing.refuseWaiting(each, reason);
            fetching.refuseWaiting(each, reason);
        }
    }

    /** Asks what the host says of {@code queue} that is not asked for each time that it matters. */
    void askPolicies(Queue queue) {
        leasing.consumers().askPolicy(queue);
        lengthLimits.askPolicy(queue);
        earlyAnswers.askPolicy(queue);
    }

    /** The same at the start. */
    void askFirst(Queue queue) {
        leasing.consumers().askPolicy(queue);
        lengthLimits.askFirst(queue);
        earlyAnswers.askPolicy(queue);
    }

    /** Ends everything that has to do with {@code queue}, which is not defined any more. */
    void forget(Queue queue) {
        leasing.refuseWaiting(queue, Refusal.QUEUE_NOT_FOUND);
        fetching.refuseWaiting(queue, Refusal.QUEUE_NOT_FOUND);
        leasing.consumers().forget(queue);
        earlyAnswers.forget(queue);
    }
}

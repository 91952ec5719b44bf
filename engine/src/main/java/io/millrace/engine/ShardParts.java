package io.millrace.engine;

import io.millrace.engine.checkpoint.Checkpointing;
import io.millrace.engine.checkpoint.ShardPast;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.read.IndexLoader;
import io.millrace.engine.read.ShardReads;
import io.millrace.engine.record.RecordWriter;
import io.millrace.engine.retention.Retention;
import io.millrace.storage.ShardLog;

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
                deadLettering,
                new IndexLoader(reads, queues.indexCache()),
                new Checkpointing(context, queues, shard.indexes(), shard.transactionTable(), log, reads, past),
                new Fetching(shard, log, reads),
                new Sifting(shard, log, reads),
                new Retention(
                        context, queues, log, writer, logId -> shard.host().keepPolicy(shard, logId)));
    }
}

package io.millrace.engine;

import io.millrace.storage.ShardLog;

/** What a shard has once it is started. */
record ShardParts(
        ShardLog log,
        RecordWriter writer,
        ShardReads reads,
        Intake intake,
        Leasing leasing,
        Settling settling,
        IndexLoader indexLoader,
        Checkpointing checkpointing,
        Fetching fetching,
        Retention retention) {}

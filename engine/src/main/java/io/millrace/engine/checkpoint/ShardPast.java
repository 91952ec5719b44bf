package io.millrace.engine.checkpoint;

import java.util.List;

/**
 * What a start has found of a shard.
 *
 * @param manifest what the shard said of itself in its newest checkpoint
 * @param droppedLogs logs that records say to be gone; the snapshot may still have them
 * @param epoch the epoch that begins now
 */
public record ShardPast(ManifestFormat manifest, List<Long> droppedLogs, long epoch) {}

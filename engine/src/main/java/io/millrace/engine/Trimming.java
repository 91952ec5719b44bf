package io.millrace.engine;

import io.millrace.storage.ShardLog;
import org.jspecify.annotations.Nullable;

/**
 * Lets storage forget. A record is needed while it holds an unsettled message, while it is the newest to say at which
 * offset a log goes on, or while it is the newest to say the epoch; of these, what is small is written anew when
 * storage wants the place of the old one. Part of a shard; the loop's.
 */
final class Trimming {
    private final Shard shard;
    private final ShardLog log;
    private final RecordWriter writer;
    private long wanted;
    private long stated;
    private long epochPosition;
    /** A queue that holds the wanted place; until it lets go nothing needs to be computed. */
    private @Nullable Queue holder;

    private long candidate;
    /** The candidate rests on records below this position. */
    private long candidateValidAt = Long.MAX_VALUE;

    Trimming(Shard shard, ShardLog log, RecordWriter writer) {
        this.shard = shard;
        this.log = log;
        this.writer = writer;
    }

    void noteEpoch(long position) {
        epochPosition = position;
    }

    /** Storage wants everything below {@code position} back. */
    void onWanted(long position) {
        wanted = position;
        if (epochPosition < position) {
            epochPosition = writer.start(shard.epoch(), shard.clock().epochMillis());
        }
        compute();
    }

    /** Messages of {@code queue} were settled, or it is gone. */
    void onSettled(Queue queue) {
        if (queue == holder && (queue.dropped || queue.log().entries().firstPosition() >= wanted)) {
            compute();
        }
    }

    void onSynced(long position) {
        if (position >= candidateValidAt) {
            candidateValidAt = Long.MAX_VALUE;
            log.trim(candidate);
        }
    }

    private void compute() {
        holder = null;
        long lowest = epochPosition;
        for (Queue queue : shard.queues()) {
            MessageLog messages = queue.log();
            if (messages.entries().firstPosition() < wanted) {
                holder = queue;
                return;
            }
            if (messages.nextOffset() > 0) {
                stateAnew(messages);
                lowest = Math.min(lowest, Math.min(messages.entries().firstPosition(), messages.statePosition()));
            }
        }
        if (lowest > stated) {
            stated = lowest;
            candidate = lowest;
            candidateValidAt = log.appendedPosition();
            onSynced(log.syncedPosition());
        }
    }

    private void stateAnew(MessageLog messages) {
        if (messages.statePosition() < wanted) {
            messages.noteState(writer.logState(messages.id(), messages.nextOffset()));
        }
    }
}

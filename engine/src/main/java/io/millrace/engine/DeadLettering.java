package io.millrace.engine;

import io.millrace.base.Loop;
import io.millrace.engine.queue.Queue;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has the dead messages of queues moved to where dead letters go, some at a time, the oldest first. What cannot be
 * moved is tried again, after pauses that double up to {@value #PAUSE_SECONDS_MAX} s, or when something has changed
 * that may have been in the way. Part of a shard; the loop's.
 */
final class DeadLettering {
    private static final int MESSAGES_MAX = 256;
    private static final int BYTES_MAX = 1 << 20;
    private static final int PAUSE_SECONDS_MAX = 30;
    private static final long PAUSE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long PAUSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(PAUSE_SECONDS_MAX);

    private final Shard shard;
    private final Map<Queue, Move> moves = new HashMap<>();
    private boolean isOpen;

    DeadLettering(Shard shard) {
        this.shard = shard;
    }

    /** Begins with what is dead in {@code queues}. */
    void open(Collection<Queue> queues) {
        isOpen = true;
        // A copy: what moves them may open other queues.
        List.copyOf(queues).forEach(this::begin);
    }

    /** Moves what is dead in {@code queue}, unless that is under way. */
    void begin(Queue queue) {
        if (isOpen && !moves.containsKey(queue) && !queue.subscription().dead().isEmpty()) {
            Move move = new Move(queue);
            moves.put(queue, move);
            move.begin();
        }
    }

    /** Something has changed for {@code queue}: what is in a pause goes on at once. */
    void goOn(Queue queue) {
        Move move = moves.get(queue);
        if (move == null) {
            begin(queue);
        } else {
            move.goOn();
        }
    }

    /** What is under way for one queue. */
    private final class Move {
        private final Queue queue;
        private long pauseNanos = PAUSE_NANOS_MIN;
        private Loop.@Nullable Timer pause;

        Move(Queue queue) {
            this.queue = queue;
        }

        void begin() {
            pause = null;
            if (shard.refusal(queue) != null || queue.subscription().dead().isEmpty()) {
                moves.remove(queue);
            } else {
                shard.peek(queue.log().id(), new Batch(this));
            }
        }

        void goOn() {
            pauseNanos = PAUSE_NANOS_MIN;
            if (pause != null) {
                pause.cancel();
                begin();
            }
        }

        void hand(Batch batch) {
            for (int i = batch.size() - 1; i >= 0; i--) {
                if (!queue.subscription().dead().contains(batch.offset(i))) {
                    batch.remove(i); // it was purged while they were read
                } else if (!batch.isReadable(i)) {
                    queue.subscription().damageDead(batch.offset(i));
                    queue.markDirty();
                    shard.onDamage(queue, batch.offset(i), batch.failure(i));
                    batch.remove(i);
                }
            }
            if (batch.size() == 0) {
                batch.release();
                beginLater();
                return;
            }
            try {
                shard.host().onDead(shard, batch);
            } catch (RuntimeException | Error e) {
                shard.host().onFault(shard, e);
                notMoved();
            } finally {
                batch.release();
            }
        }

        void moved() {
            pauseNanos = PAUSE_NANOS_MIN;
            beginLater();
        }

        /** In another turn: there may be many to go on with at once, again and again. */
        private void beginLater() {
            shard.loop().execute(this::begin);
        }

        void notMoved() {
            pause = shard.loop().schedule(this::begin, pauseNanos);
            pauseNanos = Math.min(pauseNanos * 2, PAUSE_NANOS_MAX);
        }
    }

    private final class Batch extends DeadLetters {
        private final Move move;

        Batch(Move move) {
            super(shard, move.queue, MESSAGES_MAX, BYTES_MAX);
            this.move = move;
        }

        @Override
        protected void onPeeked() {
            move.hand(this);
        }

        @Override
        protected void onRefused(Refusal reason) {
            moves.remove(move.queue);
        }

        @Override
        public void moved() {
            move.moved();
        }

        @Override
        public void notMoved() {
            move.notMoved();
        }
    }
}

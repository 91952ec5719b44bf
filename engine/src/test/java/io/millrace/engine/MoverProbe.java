package io.millrace.engine;

import io.millrace.engine.policy.DeathReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Moves the dead letters of a test to other queues, in transactions, and keeps what was said of them. */
class MoverProbe implements BiConsumer<Shard, DeadLetters> {
    /** What is known of one dead letter; the number is that of its body. */
    record Dead(
            long number,
            DeathReason reason,
            @Nullable String text,
            int deliveryCount,
            long firstMillis,
            long lastMillis) {}

    private final List<Dead> seen = new ArrayList<>();
    private final List<TransactionProbe> moves = new ArrayList<>();
    private final LongUnaryOperator target;
    private final LongFunction<Shard> shardOf;
    private boolean refuses;
    private int asked;

    /** Moves what is dead in a log to the log that is its {@code target}, of the shard that {@code shardOf} says. */
    MoverProbe(LongUnaryOperator target, LongFunction<Shard> shardOf) {
        this.target = target;
        this.shardOf = shardOf;
    }

    /** From now on it moves nothing, or what it is asked to. */
    void refuse(boolean all) {
        refuses = all;
    }

    /** How often it was asked. */
    int asked() {
        return asked;
    }

    /** What it was asked to move, in order. */
    List<Dead> seen() {
        return seen;
    }

    /** The last one that it was asked to move. */
    Dead last() {
        return seen.get(seen.size() - 1);
    }

    List<TransactionProbe> moves() {
        return moves;
    }

    @Override
    public void accept(Shard source, DeadLetters messages) {
        asked++;
        if (refuses) {
            messages.notMoved();
            return;
        }
        Move move = new Move(source, messages);
        moves.add(move);
        long targetLog = target.applyAsLong(messages.logId());
        for (int i = 0; i < messages.size(); i++) {
            Dead dead = dead(messages, i);
            seen.add(dead);
            move.publish(
                    shardOf.apply(targetLog), targetLog, new PublishProbe(dead.number, 1, ShardFixture.MESSAGE_BYTES));
            move.remove(source, messages.logId(), messages.offset(i));
        }
        move.run();
    }

    private static Dead dead(DeadLetters messages, int index) {
        byte[] text = messages.text(index);
        return new Dead(
                PublishProbe.numberIn(messages.entry(index), messages.indexInEntry(index)),
                messages.reason(index),
                text == null ? null : new String(text, StandardCharsets.UTF_8),
                messages.deliveryCount(index),
                messages.firstDeliveryMillis(index),
                messages.lastDeliveryMillis(index));
    }

    private static final class Move extends TransactionProbe {
        private final Shard source;
        private final DeadLetters messages;

        Move(Shard source, DeadLetters messages) {
            this.source = source;
            this.messages = messages;
        }

        @Override
        protected void onCommitted() {
            super.onCommitted();
            source.loop().execute(messages::moved);
        }

        @Override
        protected void onRefused(Refusal reason) {
            super.onRefused(reason);
            source.loop().execute(messages::notMoved);
        }
    }
}

package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.DeathModel.Dead;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * What moves messages from queue to queue in a simulation: dead letters to where they go, and back, or elsewhere, what
 * is to be tried again. Lives as long as a process.
 */
final class SimulatedMoves {
    private static final int SENT_BACK_MAX = 5;

    private final SplittableRandom random;
    private final SimulationTally tally;
    private final long bytesMax;
    private final boolean mayRefuse;
    private final IntFunction<Shard> shards;
    private final Consumer<CheckedMove> begun;
    private boolean isOpen;

    /**
     * Moves about {@code bytesMax} bytes at a time, and dead letters at once unless it {@code mayRefuse}; {@code begun}
     * hears of each move before it runs.
     */
    SimulatedMoves(
            SplittableRandom random,
            SimulationTally tally,
            long bytesMax,
            boolean mayRefuse,
            IntFunction<Shard> shards,
            Consumer<CheckedMove> begun) {
        this.random = random;
        this.tally = tally;
        this.bytesMax = bytesMax;
        this.mayRefuse = mayRefuse;
        this.shards = shards;
        this.begun = begun;
    }

    /** Transactions were recovered: from now on messages may be moved. */
    void open() {
        isOpen = true;
    }

    /** Has dead letters of {@code source} moved, some of them at least; or not now. */
    void moveDead(QueueClients source, DeadLetters messages) {
        assertThat(isOpen)
                .as("transactions were recovered before dead letters are moved")
                .isTrue();
        for (int i = 0; i < messages.size(); i++) {
            assertThat(i == 0 || messages.offset(i) > messages.offset(i - 1))
                    .as("the oldest dead letters come first")
                    .isTrue();
            long number = PublishProbe.numberIn(
                    messages.storedIn(), PublishProbe.numberIn(messages.entry(i), messages.indexInEntry(i)));
            source.model().handed(number, messages.offset(i), Dead.of(messages, i));
            tally.handed(messages.reason(i));
        }
        if (source.target == null || (mayRefuse && random.nextInt(8) == 0)) {
            messages.notMoved();
            return;
        }
        int count = random.nextInt(messages.size()) + 1;
        move(messages, count, source, source.target, isDone -> {
            if (isDone) {
                messages.moved();
            } else {
                messages.notMoved();
            }
        });
    }

    /** Has some messages of {@code source} that nobody holds sent to {@code target}, another queue. */
    void sendBack(QueueClients source, QueueClients target) {
        if (!isOpen || source == target) {
            return;
        }
        Peek peek = new Peek(0, random.nextInt(1, SENT_BACK_MAX), Integer.MAX_VALUE, Peek.State.READY) {
            @Override
            protected void onPeeked() {
                move(this, size(), source, target, isDone -> tally.sentBack += isDone ? size() : 0);
                release();
            }

            @Override
            protected void onRefused(Refusal reason) {
                // Nothing is sent back.
            }
        };
        shards.apply(source.shard).peek(source.logId, peek);
    }

    private void move(Peek messages, int count, QueueClients source, QueueClients target, Consumer<Boolean> whenEnded) {
        CheckedMove move = new CheckedMove(tally, shards.apply(source.shard), source, whenEnded);
        if (move.fill(messages, target, shards.apply(target.shard), count, bytesMax)) {
            begun.accept(move);
            move.run();
        } else {
            whenEnded.accept(false);
        }
    }
}

package io.millrace.engine;

import io.millrace.engine.transaction.PreparedTransaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Brings transactions to an end that a crash has cut short: what a coordinator has decided is done by all who have
 * prepared it; of what is prepared and not decided nothing is done. For the start, when all shards have started and
 * before anything else is asked of them.
 */
public final class TransactionRecovery {
    private final List<Shard> shards;

    private TransactionRecovery(List<Shard> shards) {
        this.shards = shards;
    }

    /** Does so in {@code shards}, all that there are, by their numbers; then runs {@code whenDone} on a loop of one. */
    public static void run(List<Shard> shards, Runnable whenDone) {
        TransactionRecovery recovery = new TransactionRecovery(shards);
        recovery.onAll(recovery::repeatDecisions, () -> recovery.onAll(TransactionRecovery::abortPrepared, whenDone));
    }

    /** Runs {@code step} for each shard on its loop, each of which runs what it is given when it is done. */
    private void onAll(BiConsumer<Shard, Runnable> step, Runnable whenAllDone) {
        Countdown left = new Countdown(shards.get(0), shards.size(), whenAllDone);
        for (Shard each : shards) {
            each.loop().execute(() -> step.accept(each, left::count));
        }
    }

    private void repeatDecisions(Shard coordinator, Runnable whenDone) {
        var decisions = new LinkedHashMap<>(coordinator.transactionTable().decisions());
        Countdown left = new Countdown(coordinator, decisions.size(), whenDone);
        decisions.forEach((token, participants) -> {
            Countdown recorded = new Countdown(coordinator, participants.length, () -> {
                coordinator.parts().transactions().forget(token);
                left.count();
            });
            for (int each : participants) {
                Shard participant = shards.get(each);
                participant.loop().execute(() -> participant
                        .parts()
                        .transactions()
                        .finish(coordinator.id(), token, true, Completion.of(recorded::count, lost -> {})));
            }
        });
    }

    private static void abortPrepared(Shard shard, Runnable whenDone) {
        List<PreparedTransaction> undecided =
                new ArrayList<>(shard.transactionTable().prepared());
        Countdown left = new Countdown(shard, undecided.size(), whenDone);
        for (PreparedTransaction each : undecided) {
            shard.parts()
                    .transactions()
                    .finish(each.coordinator(), each.token(), false, Completion.of(left::count, lost -> {}));
        }
    }

    /** Runs something on the loop of a shard when it was counted down from any loops. */
    private static final class Countdown {
        private final Shard shard;
        private final Runnable whenDone;
        /** Of the shard's loop. */
        private int left;

        Countdown(Shard shard, int count, Runnable whenDone) {
            this.shard = shard;
            this.left = count;
            this.whenDone = whenDone;
            if (count == 0) {
                shard.loop().execute(whenDone);
            }
        }

        void count() {
            shard.loop().execute(() -> {
                if (--left == 0) {
                    whenDone.run();
                }
            });
        }
    }
}

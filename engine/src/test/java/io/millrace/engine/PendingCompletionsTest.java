package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

/** Completions come out once each, in order, and only when their record is synced. */
class PendingCompletionsTest {
    private record Waiting(long position) implements Completion {
        @Override
        public void onSynced(Shard shard) {}

        @Override
        public void onLost(Refusal reason) {}
    }

    @ParameterizedTest
    @SeedSource(runs = 50)
    void theyComeOutInOrderWhenTheirRecordsAreSynced(long seed) {
        var random = new SplittableRandom(seed);
        var pending = new PendingCompletions();
        var model = new ArrayDeque<Waiting>();
        long appended = 0;
        long synced = 0;
        for (int i = 0; i < 100; i++) {
            for (int adds = random.nextInt(40); adds > 0; adds--) {
                Waiting waiting = new Waiting(appended);
                pending.add(appended, waiting);
                model.add(waiting);
                appended += random.nextInt(3);
            }
            synced += random.nextLong(appended - synced + 2);
            for (Completion each = pending.poll(synced); each != null; each = pending.poll(synced)) {
                assertThat(each).isSameAs(model.remove());
                assertThat(((Waiting) each).position).isLessThan(synced);
            }
            assertThat(model.isEmpty() || model.element().position >= synced).isTrue();
            assertThat(pending.size()).isEqualTo(model.size());
            appended = Math.max(appended, synced);
        }
    }
}

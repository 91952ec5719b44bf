package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.Overflow;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What transactions over several shards publish to queues that may get only so long. */
class TransactionLengthTest extends ShardsFixture {
    /** Bytes are bounded too, by far more, so that they are counted. */
    private void limit(Overflow overflow) {
        for (int id = 0; id < 2; id++) {
            host.lengthPolicies.put(queue(id), new LengthPolicy(1, 10_000, overflow));
            shards.get(id).settingsChanged(queue(id));
        }
        run();
    }

    private TransactionProbe publishToBoth() {
        TransactionProbe transaction = transaction();
        for (int id = 0; id < 2; id++) {
            transaction.publish(shards.get(id), queue(id), probe());
        }
        return run(transaction);
    }

    private void syncAll() {
        for (int i = 0; i < 4 * SHARDS; i++) {
            sync(i % SHARDS);
        }
    }

    private List<Long> bytes() {
        return List.of(
                shards.get(0).stats(queue(0)).waitingBytes(),
                shards.get(1).stats(queue(1)).waitingBytes());
    }

    @Test
    void whatIsPreparedTakesItsRoomInAQueueThatRejects() {
        limit(Overflow.REJECT);
        syncAtOnce(false);
        TransactionProbe transaction = publishToBoth();

        List<PublishProbe> others = List.of(publish(queue(0), probe()), publish(queue(1), probe()));

        // The one that decides has not come to it yet, and finds now that it cannot.
        assertThat(others.stream().filter(each -> each.refusal() == Refusal.QUEUE_FULL))
                .hasSize(1);
        syncAll();
        assertThat(transaction.refusal()).isEqualTo(Refusal.QUEUE_FULL);
        int prepared = others.get(0).isStored() ? 1 : 0;
        assertThat(bytes().get(prepared)).isZero();
        PublishProbe again = publish(queue(prepared), probe());
        syncAll();
        assertThat(again.isStored()).isTrue();
        assertThat(numbers(queue(0))).hasSize(1);
        assertThat(numbers(queue(1))).hasSize(1);
    }

    @Test
    void whatIsPreparedHasNothingGoBeforeItIsDecided() {
        limit(Overflow.DROP_OLDEST);
        List<PublishProbe> first = List.of(publish(queue(0), probe()), publish(queue(1), probe()));
        List<Long> bytes = bytes();
        syncAtOnce(false);
        TransactionProbe transaction = publishToBoth();
        assertThat(numbers(queue(0))).containsExactly(first.get(0).firstNumber());
        assertThat(numbers(queue(1))).containsExactly(first.get(1).firstNumber());
        assertThat(bytes()).isEqualTo(bytes);

        syncAll();

        assertThat(transaction.isCommitted()).isTrue();
        assertThat(numbers(queue(0)))
                .containsExactly(transaction.publishes().get(0).firstNumber());
        assertThat(numbers(queue(1)))
                .containsExactly(transaction.publishes().get(1).firstNumber());
        assertThat(bytes()).isEqualTo(bytes);
        restart();
        assertThat(bytes()).isEqualTo(bytes);
    }

    @Test
    void aPurgeTakesWhatIsPreparedWithIt() {
        limit(Overflow.DROP_OLDEST);
        publish(queue(0), probe());
        publish(queue(1), probe());
        syncAtOnce(false);
        TransactionProbe transaction = publishToBoth();
        for (int id = 0; id < 2; id++) {
            shards.get(id).purge(queue(id), new PurgeProbe());
        }
        run();
        publish(queue(0), probe());
        publish(queue(1), probe());

        syncAll();

        assertThat(transaction.answers()).isOne();
        for (int id = 0; id < 2; id++) {
            QueueStats stats = shards.get(id).stats(queue(id));
            assertThat(stats.ready() + stats.delayed()).isOne();
            assertThat(stats.delayed()).isZero();
            assertThat(stats.waitingBytes()).isPositive();
        }
    }
}

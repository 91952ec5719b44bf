package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.queue.Queue;
import org.junit.jupiter.api.Test;

/** Those who wait for a queue are kept in the order in which they came; the queue knows that there are some. */
class WaitersTest extends ShardFixture {
    private final Waiters<String> waiters = new Waiters<>();
    private final Queue queue = shard.queues().make(QUEUE, 0);
    private final Queue other = shard.queues().make(OTHER, 0);

    @Test
    void whoCameFirstIsFirst() {
        waiters.add(queue, "a");
        waiters.add(queue, "b");
        waiters.add(other, "c");
        assertThat(waiters.first(queue)).isEqualTo("a");
        assertThat(waiters.remove(queue, "c")).as("one of another queue").isFalse();

        assertThat(waiters.remove(queue, "a")).isTrue();

        assertThat(waiters.all(queue)).containsExactly("b");
        assertThat(waiters.count(other)).isEqualTo(1);
    }

    @Test
    void theQueueKnowsThatSomebodyWaits() {
        Waiters<Integer> others = new Waiters<>();
        assertThat(queue.hasWaiters()).isFalse();
        waiters.add(queue, "a");
        waiters.add(queue, "a");
        others.add(queue, 1);

        assertThat(waiters.takeAll(queue)).containsExactly("a");
        assertThat(waiters.isEmpty(queue)).isTrue();
        assertThat(queue.hasWaiters()).as("one of another kind").isTrue();
        others.remove(queue, 1);
        assertThat(queue.hasWaiters()).isFalse();
        assertThat(others.first(queue)).isNull();
    }

    @Test
    void whoWaitsIsNotForgotten() {
        waiters.add(queue, "a");
        waiters.forget(queue);
        assertThat(waiters.contains(queue, "a")).isTrue();

        waiters.remove(queue, "a");
        waiters.forget(queue);

        assertThat(waiters.contains(queue, "a")).isFalse();
    }
}

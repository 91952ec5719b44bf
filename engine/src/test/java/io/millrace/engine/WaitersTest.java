package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.queue.Queue;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Those who wait for a queue are kept in the order in which they came; the queue knows that there are some. */
class WaitersTest extends ShardFixture {
    /** Of a text that is a number its priority is that; of others 0. */
    private final Waiters<String> waiters = new Waiters<>(text -> text.matches("-?\\d+.*") ? priority(text) : 0);

    private final Queue queue = shard.queues().make(QUEUE, 0);
    private final Queue other = shard.queues().make(OTHER, 0);

    private static int priority(String text) {
        return Integer.parseInt(text.replaceAll("[a-z]", ""));
    }

    @Test
    void whoHasAHigherPriorityIsFirst() {
        List<String> inOrder = List.of("2147483647", "7a", "7b", "a", "b", "-1", "-2147483648");
        for (String each : List.of("-1", "7a", "a", "-2147483648", "b", "2147483647", "7b")) {
            waiters.add(queue, each);
        }
        assertThat(waiters.all(queue)).isEqualTo(inOrder);

        for (String each : inOrder) {
            assertThat(waiters.contains(queue, each)).isTrue();
            assertThat(waiters.first(queue)).isEqualTo(each);
            assertThat(waiters.remove(queue, each)).isTrue();
        }
        assertThat(waiters.first(queue)).isNull();
    }

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
        Waiters<Integer> others = new Waiters<>(any -> 0);
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

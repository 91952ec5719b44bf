package io.millrace.engine;

import io.millrace.engine.queue.Queue;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for messages of queues, of each queue in the order in which they came. The queue is told how many they
 * are, so that a publish to one for whose messages nobody waits need not look here. The loop's.
 */
final class Waiters<T> {
    private final IdentityHashMap<Queue, Set<T>> lines = new IdentityHashMap<>();

    /** Whether nobody waits for messages of {@code queue}. */
    boolean isEmpty(Queue queue) {
        return count(queue) == 0;
    }

    /** How many wait for messages of {@code queue}. */
    int count(Queue queue) {
        Set<T> line = queue.hasWaiters() ? lines.get(queue) : null;
        return line == null ? 0 : line.size();
    }

    boolean contains(Queue queue, T waiter) {
        Set<T> line = lines.get(queue);
        return line != null && line.contains(waiter);
    }

    /** Puts {@code waiter} at the end. */
    void add(Queue queue, T waiter) {
        if (lines.computeIfAbsent(queue, any -> new LinkedHashSet<>(2)).add(waiter)) {
            queue.addWaiters(1);
        }
    }

    /** Takes {@code waiter} out; returns whether it has waited. */
    boolean remove(Queue queue, T waiter) {
        Set<T> line = lines.get(queue);
        boolean hasWaited = line != null && line.remove(waiter);
        if (hasWaited) {
            queue.addWaiters(-1);
        }
        return hasWaited;
    }

    /** Who has waited longest; null where nobody waits. */
    @Nullable
    T first(Queue queue) {
        Set<T> line = queue.hasWaiters() ? lines.get(queue) : null;
        if (line == null) {
            return null;
        }
        Iterator<T> first = line.iterator();
        return first.hasNext() ? first.next() : null;
    }

    /** Those who wait now; a copy. */
    List<T> all(Queue queue) {
        Set<T> line = queue.hasWaiters() ? lines.get(queue) : null;
        return line == null || line.isEmpty() ? List.of() : List.copyOf(line);
    }

    /** Takes all of them out. */
    List<T> takeAll(Queue queue) {
        List<T> all = all(queue);
        all.forEach(each -> remove(queue, each));
        return all;
    }

    /** Gives up what is kept for {@code queue}, if nobody waits. */
    void forget(Queue queue) {
        if (isEmpty(queue)) {
            lines.remove(queue);
        }
    }
}

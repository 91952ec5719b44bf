package io.millrace.engine;

import io.millrace.engine.queue.Queue;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for messages of queues, of each queue by their priority, the higher first, and those of one priority
 * in the order in which they came. The queue is told how many they are, so that a publish to one for whose messages
 * nobody waits need not look here. The loop's.
 */
final class Waiters<T> {
    private final IdentityHashMap<Queue, Line<T>> lines = new IdentityHashMap<>();
    private final ToIntFunction<T> priorities;

    /** For such whose {@code priorities} do not change while they wait. */
    Waiters(ToIntFunction<T> priorities) {
        this.priorities = priorities;
    }

    /** Those who wait for one queue. Most have priority 0, and find their place without a search. */
    private static final class Line<T> {
        final Set<T> ordinary = new LinkedHashSet<>(2);
        /** The others by their priority, upwards; none of them empty. */
        final NavigableMap<Integer, Set<T>> others = new TreeMap<>();

        int size;

        boolean contains(T waiter, int priority) {
            Set<T> level = priority == 0 ? ordinary : others.get(priority);
            return level != null && level.contains(waiter);
        }

        boolean add(T waiter, int priority) {
            Set<T> level = priority == 0 ? ordinary : others.computeIfAbsent(priority, any -> new LinkedHashSet<>(2));
            boolean isNew = level.add(waiter);
            size += isNew ? 1 : 0;
            return isNew;
        }

        boolean remove(T waiter, int priority) {
            Set<T> level = priority == 0 ? ordinary : others.get(priority);
            if (level == null || !level.remove(waiter)) {
                return false;
            }
            if (level != ordinary && level.isEmpty()) {
                others.remove(priority);
            }
            size--;
            return true;
        }

        @Nullable
        T first() {
            boolean isOrdinary = others.isEmpty() || (!ordinary.isEmpty() && others.lastKey() < 0);
            Set<T> level = isOrdinary ? ordinary : others.lastEntry().getValue();
            return level.isEmpty() ? null : level.iterator().next();
        }

        List<T> all() {
            List<T> all = new ArrayList<>(size);
            others.descendingMap().headMap(0).values().forEach(all::addAll);
            all.addAll(ordinary);
            others.descendingMap().tailMap(0).values().forEach(all::addAll);
            return all;
        }
    }

    /** Whether nobody waits for messages of {@code queue}. */
    boolean isEmpty(Queue queue) {
        return count(queue) == 0;
    }

    /** How many wait for messages of {@code queue}. */
    int count(Queue queue) {
        Line<T> line = lineOf(queue);
        return line == null ? 0 : line.size;
    }

    private @Nullable Line<T> lineOf(Queue queue) {
        return queue.hasWaiters() ? lines.get(queue) : null;
    }

    boolean contains(Queue queue, T waiter) {
        Line<T> line = lineOf(queue);
        return line != null && line.contains(waiter, priorities.applyAsInt(waiter));
    }

    /** Puts {@code waiter} behind those of its priority. */
    void add(Queue queue, T waiter) {
        if (lines.computeIfAbsent(queue, any -> new Line<>()).add(waiter, priorities.applyAsInt(waiter))) {
            queue.addWaiters(1);
        }
    }

    /** Takes {@code waiter} out; returns whether it has waited. */
    boolean remove(Queue queue, T waiter) {
        Line<T> line = lineOf(queue);
        boolean hasWaited = line != null && line.remove(waiter, priorities.applyAsInt(waiter));
        if (hasWaited) {
            queue.addWaiters(-1);
        }
        return hasWaited;
    }

    /** Of those with the highest priority who has waited longest; null where nobody waits. */
    @Nullable
    T first(Queue queue) {
        Line<T> line = lineOf(queue);
        return line == null ? null : line.first();
    }

    /** Those who wait now, in order; a copy. */
    List<T> all(Queue queue) {
        Line<T> line = lineOf(queue);
        return line == null ? List.of() : line.all();
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

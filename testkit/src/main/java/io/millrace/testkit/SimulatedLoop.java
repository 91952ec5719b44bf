package io.millrace.testkit;

import io.millrace.base.Loop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * A loop that runs one task per step of the {@link SimulatedWorld}, in the order in which they were given; a timer that
 * is due goes to the end of the tasks that wait, in the order of the times for which timers were set. A task that
 * throws throws out of the step. Used on the world's thread.
 */
public final class SimulatedLoop extends SimulatedActor implements Loop {
    private final SimulatedWorld world;
    private final String name;
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Queue<SetTimer> timers =
            new PriorityQueue<>(Comparator.comparingLong(SetTimer::dueNanos).thenComparingLong(SetTimer::number));
    private long lastNumber;

    SimulatedLoop(SimulatedWorld world, String name) {
        this.world = world;
        this.name = name;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        if (delayNanos < 0) {
            throw new IllegalArgumentException("negative delay " + delayNanos);
        }
        long now = world.clock().elapsedNanos();
        long dueNanos = delayNanos >= NEVER - now ? NEVER : now + delayNanos;
        SetTimer timer = new SetTimer(task, dueNanos, ++lastNumber);
        timers.add(timer);
        return timer;
    }

    @Override
    public boolean isCurrent() {
        return world.current() == this;
    }

    @Override
    long dueNanos() {
        if (!tasks.isEmpty()) {
            return 0;
        }
        SetTimer first = timers.peek();
        return first == null ? NEVER : first.dueNanos;
    }

    @Override
    void step() {
        long now = world.clock().elapsedNanos();
        for (SetTimer timer = timers.peek(); timer != null && timer.dueNanos <= now; timer = timers.peek()) {
            tasks.add(timers.remove());
        }
        tasks.remove().run();
    }

    @Override
    public String toString() {
        return "loop " + name;
    }

    private final class SetTimer implements Timer, Runnable {
        private final Runnable task;
        private final long dueNanos;
        private final long number;
        private boolean cancelled;

        SetTimer(Runnable task, long dueNanos, long number) {
            this.task = task;
            this.dueNanos = dueNanos;
            this.number = number;
        }

        long dueNanos() {
            return dueNanos;
        }

        long number() {
            return number;
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            timers.remove(this);
        }
    }
}

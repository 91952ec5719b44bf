package io.millrace.api;

import io.millrace.base.Clock;
import io.millrace.base.Loop;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The time of this machine, of which a test can let some pass at once; the timers of loops that it wraps keep to it.
 * Any thread.
 */
public final class MovableTime implements Clock {
    private final AtomicLong passedNanos = new AtomicLong();
    private final AtomicLong setMillis = new AtomicLong();
    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

    /** Lets this much time pass, on both clocks. */
    public void pass(Duration time) {
        passedNanos.addAndGet(time.toNanos());
        waiting.forEach(each -> each.loop.execute(each::arm));
    }

    /** Sets the wall clock forward, or back, as an operator would, and lets those see it who look every second. */
    public void setWall(Duration forward) {
        setMillis.addAndGet(forward.toMillis());
        pass(Duration.ofSeconds(2));
    }

    @Override
    public long nanoTime() {
        return System.nanoTime() + passedNanos.get();
    }

    @Override
    public long epochMillis() {
        return System.currentTimeMillis() + passedNanos.get() / 1_000_000 + setMillis.get();
    }

    /** The same loops, in this time; those of before have ended. */
    public List<Loop> wrap(List<Loop> loops) {
        waiting.clear();
        return loops.stream().<Loop>map(Wrapped::new).toList();
    }

    private final class Wrapped implements Loop {
        private final Loop loop;

        Wrapped(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }

        @Override
        public Timer schedule(Runnable task, long delayNanos) {
            Waiting timer = new Waiting(loop, task, nanoTime() + delayNanos);
            waiting.add(timer);
            loop.execute(timer::arm);
            return timer;
        }

        @Override
        public boolean isCurrent() {
            return loop.isCurrent();
        }
    }

    /** A timer that runs; the loop's. */
    private final class Waiting implements Loop.Timer {
        private final Loop loop;
        private final Runnable task;
        private final long deadlineNanos;
        private Loop.@Nullable Timer timer;
        private boolean isOver;

        Waiting(Loop loop, Runnable task, long deadlineNanos) {
            this.loop = loop;
            this.task = task;
            this.deadlineNanos = deadlineNanos;
        }

        void arm() {
            if (timer != null) {
                timer.cancel();
            }
            if (!isOver) {
                timer = loop.schedule(this::fire, Math.max(0, deadlineNanos - nanoTime()));
            }
        }

        private void fire() {
            if (!isOver) {
                cancel();
                task.run();
            }
        }

        @Override
        public void cancel() {
            isOver = true;
            waiting.remove(this);
            if (timer != null) {
                timer.cancel();
            }
        }
    }
}

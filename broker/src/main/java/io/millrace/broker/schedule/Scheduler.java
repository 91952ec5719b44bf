package io.millrace.broker.schedule;

import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.broker.BrokerException;
import io.millrace.broker.schedule.ScheduleStatus.State;
import io.millrace.engine.policy.RetryPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has schedules fire when they are due by the wall clock. One timer waits for the first of all; because the clock may
 * be set at any time, it looks at least every {@value #LOOK_MILLIS} ms. What a schedule is due for follows from its
 * definition and from what is noted of its firings, so that nothing is to be remembered over a restart; a clock that is
 * set back makes nothing due again.
 *
 * <p>A due time whose firing is refused stays due, and is tried again, at first after {@value #RETRY_MILLIS} ms, in the
 * end every {@value #RETRY_MILLIS_MAX} ms. At most {@value #FIRINGS_MAX} firings are under way at a time, of a schedule
 * one. Of the loop of the catalog's shard, but for {@link #statuses} and {@link #counts}.
 */
public final class Scheduler {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    static final long LOOK_MILLIS = 1_000;
    static final long RETRY_MILLIS = 1_000;
    static final long RETRY_MILLIS_MAX = 60_000;
    static final int FIRINGS_MAX = 64;

    private static final int LOOKED_PER_TURN = 64;
    private static final RetryPolicy RETRY = new RetryPolicy(RETRY_MILLIS, RETRY_MILLIS_MAX, false);
    /** Before every date: to be looked at now. */
    private static final long AT_ONCE = Long.MIN_VALUE;

    private final Clock clock;
    private final Loop loop;
    private final Supplier<ScheduleTable> schedules;
    private final Firing firing;
    private final Map<Long, Entry> entries = new HashMap<>();
    /** Those that wait for a time, the first at the front. */
    private final TreeSet<Entry> agenda = new TreeSet<>(
            Comparator.comparingLong((Entry entry) -> entry.wakeMillis).thenComparingLong(entry -> entry.id));

    private Loop.@Nullable Timer timer;
    private long fired;
    private long missed;
    private long failed;
    private int firings;
    private boolean isRunning;
    private boolean isTurnPosted;

    /** A schedule that is there: on the agenda, firing, to be tried again, or nothing of it. */
    private static final class Entry {
        final long id;
        /** When it is looked at; it must not be on the agenda when this is set. */
        long wakeMillis = AT_ONCE;
        /** The due time that it fires for, or is to be tried again for. */
        long fireMillis = Timing.NEVER;

        /** Up to when it was looked at for due times. */
        long lookedMillis;

        boolean isFiring;
        int failures;

        @Nullable
        String failure;

        Loop.@Nullable Timer retry;

        Entry(long id) {
            this.id = id;
        }
    }

    /** One that does nothing yet; {@code schedules} are those in force. */
    public Scheduler(Clock clock, Loop loop, Supplier<ScheduleTable> schedules, Firing firing) {
        this.clock = clock;
        this.loop = loop;
        this.schedules = schedules;
        this.firing = firing;
    }

    /** Begins. */
    public void start() {
        isRunning = true;
        schedules.get().all().forEach(each -> entries.put(each.id(), new Entry(each.id())));
        agenda.addAll(entries.values());
        touch();
    }

    /** Begins no firing any more. */
    public void close() {
        isRunning = false;
        cancel(timer);
        entries.values().forEach(each -> cancel(each.retry));
        entries.clear();
        agenda.clear();
    }

    /** The schedule {@code id} was made, changed or removed. */
    public void review(long id) {
        if (!isRunning) {
            return;
        }
        Schedule schedule = schedules.get().get(id);
        Entry entry = schedule == null ? entries.get(id) : entries.computeIfAbsent(id, Entry::new);
        if (entry == null || entry.isFiring) {
            return; // whoever fires is looked at afterwards
        }
        agenda.remove(entry);
        cancel(entry.retry);
        if (schedule == null) {
            entries.remove(id);
            return;
        }
        if (entry.fireMillis <= schedule.sinceMillis()) {
            entry.fireMillis = Timing.NEVER; // it counts no more
        }
        lookAt(entry, AT_ONCE);
    }

    private void lookAt(Entry entry, long wakeMillis) {
        entry.wakeMillis = wakeMillis;
        if (wakeMillis != Timing.NEVER) {
            agenda.add(entry);
            touch();
        }
    }

    // Turns.

    private void touch() {
        if (isRunning && !isTurnPosted) {
            isTurnPosted = true;
            loop.execute(this::turn);
        }
    }

    private void turn() {
        isTurnPosted = false;
        cancel(timer);
        for (int left = LOOKED_PER_TURN; isRunning && !agenda.isEmpty(); left--) {
            long nowMillis = clock.epochMillis();
            Entry first = agenda.first();
            if (first.wakeMillis > nowMillis) {
                long millis = Math.min(first.wakeMillis - nowMillis, LOOK_MILLIS);
                timer = loop.schedule(this::touch, TimeUnit.MILLISECONDS.toNanos(millis));
                return;
            }
            if (firings == FIRINGS_MAX) {
                return; // the next one that ends goes on
            }
            if (left == 0) {
                touch();
                return;
            }
            agenda.remove(first);
            look(first, nowMillis);
        }
    }

    private void look(Entry entry, long nowMillis) {
        Schedule schedule = schedules.get().get(entry.id);
        if (schedule == null) {
            entries.remove(entry.id);
            return;
        }
        if (!schedule.settings().isEnabled()) {
            entry.wakeMillis = Timing.NEVER;
            entry.fireMillis = Timing.NEVER;
            entry.failures = 0;
            entry.failure = null;
            return;
        }
        if (entry.fireMillis == Timing.NEVER) {
            long doneMillis = schedules.get().firedMillis(entry.id);
            countMissed(entry, schedule, doneMillis, nowMillis);
            DueTimes due = DueTimes.at(schedule, doneMillis, nowMillis);
            if (due.fireMillis() == Timing.NEVER) {
                lookAt(entry, due.nextMillis());
                return;
            }
            entry.fireMillis = due.fireMillis();
        }
        fire(entry, schedule);
    }

    /** Due times that nobody has looked for before they were long past. */
    private void countMissed(Entry entry, Schedule schedule, long doneMillis, long nowMillis) {
        long firstMillis = schedule.next(Math.max(doneMillis, entry.lookedMillis));
        if (nowMillis - firstMillis > MissedPolicy.LATE_MILLIS_MAX) {
            missed++;
        }
        entry.lookedMillis = nowMillis;
    }

    // Firing.

    private void fire(Entry entry, Schedule schedule) {
        entry.isFiring = true;
        firings++;
        CompletableFuture<?> done;
        try {
            done = firing.fire(schedule, entry.fireMillis);
        } catch (RuntimeException e) {
            done = CompletableFuture.failedFuture(e);
        }
        var unused = done.whenComplete((fired, failure) -> onEnd(entry, schedule, cause(failure)));
    }

    private static @Nullable Throwable cause(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private void onEnd(Entry entry, Schedule schedule, @Nullable Throwable failure) {
        entry.isFiring = false;
        firings--;
        if (!isRunning) {
            return;
        }
        if (failure == null) {
            fired++;
            if (entry.failures > 0) {
                LOG.info("schedule {} fires again", schedule.key());
            }
            entry.fireMillis = Timing.NEVER;
            entry.failures = 0;
            entry.failure = null;
            lookAt(entry, AT_ONCE);
        } else {
            fail(entry, schedule, failure);
        }
        touch();
    }

    private void fail(Entry entry, Schedule schedule, Throwable failure) {
        if (entry.failures == 0 && failure instanceof BrokerException) {
            LOG.warn("schedule {} cannot fire and tries again: {}", schedule.key(), failure.getMessage());
        } else if (entry.failures == 0) {
            LOG.error("schedule {} cannot fire and tries again", schedule.key(), failure);
        }
        failed++;
        entry.failures++;
        entry.failure = failure instanceof BrokerException ? failure.getMessage() : "the log of the broker says more";
        Schedule now = schedules.get().get(entry.id);
        if (!schedule.equals(now)) {
            review(entry.id);
            return;
        }
        long millis = RETRY.delayMillis(entry.failures, 0);
        entry.retry = loop.schedule(() -> lookAt(entry, AT_ONCE), TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static void cancel(Loop.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    // Looking.

    /** How schedules are, in their order. Any thread; completes on the loop. */
    public CompletableFuture<List<ScheduleStatus>> statuses(List<Schedule> asked) {
        CompletableFuture<List<ScheduleStatus>> done = new CompletableFuture<>();
        loop.execute(() -> {
            List<ScheduleStatus> statuses = new ArrayList<>(asked.size());
            asked.forEach(each -> statuses.add(status(each)));
            done.complete(statuses);
        });
        return done;
    }

    /** What all of them have done. Any thread; completes on the loop. */
    public CompletableFuture<ScheduleCounts> counts() {
        CompletableFuture<ScheduleCounts> done = new CompletableFuture<>();
        loop.execute(() -> {
            long failing = entries.values().stream()
                    .filter(each -> each.failure != null)
                    .count();
            done.complete(new ScheduleCounts(fired, missed, failed, (int) failing));
        });
        return done;
    }

    private ScheduleStatus status(Schedule schedule) {
        long lastMillis = schedules.get().firedMillis(schedule.id());
        if (!schedule.settings().isEnabled()) {
            return new ScheduleStatus(State.DISABLED, lastMillis, Timing.NEVER, null);
        }
        Entry entry = entries.get(schedule.id());
        if (entry == null) {
            return new ScheduleStatus(State.ACTIVE, lastMillis, schedule.next(lastMillis), null);
        }
        long nextMillis = entry.fireMillis;
        if (nextMillis == Timing.NEVER) {
            nextMillis = entry.wakeMillis == AT_ONCE ? schedule.next(lastMillis) : entry.wakeMillis;
        }
        State state = entry.failure == null ? State.ACTIVE : State.FAILING;
        return new ScheduleStatus(state, lastMillis, nextMillis, entry.failure);
    }
}

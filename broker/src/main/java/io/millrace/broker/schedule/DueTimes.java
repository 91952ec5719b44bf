package io.millrace.broker.schedule;

/**
 * What a look at a schedule finds: the due time to fire now, or when there is one.
 *
 * @param fireMillis the due time to fire now, epoch milliseconds; {@link Timing#NEVER} where there is none
 * @param nextMillis where there is none, when the next one comes; {@link Timing#NEVER} for never
 */
record DueTimes(long fireMillis, long nextMillis) {
    /** Looks at {@code schedule}, of which everything up to {@code doneMillis} was fired or passed over. */
    static DueTimes at(Schedule schedule, long doneMillis, long nowMillis) {
        long first = schedule.next(doneMillis);
        if (first > nowMillis) {
            return new DueTimes(Timing.NEVER, first);
        }
        return switch (schedule.settings().missed()) {
            case EACH -> new DueTimes(oldest(schedule, first, nowMillis), Timing.NEVER);
            case ONCE -> new DueTimes(last(schedule, first, nowMillis), Timing.NEVER);
            case SKIP -> {
                long last = last(schedule, first, nowMillis);
                yield nowMillis - last <= MissedPolicy.LATE_MILLIS_MAX
                        ? new DueTimes(last, Timing.NEVER)
                        : new DueTimes(Timing.NEVER, schedule.next(last));
            }
        };
    }

    /** The last due time up to {@code nowMillis}, of which {@code known} is one; by bisection. */
    private static long last(Schedule schedule, long known, long nowMillis) {
        long last = known;
        long end = nowMillis; // nothing is due behind it
        while (true) {
            long next = schedule.next(last);
            if (next > end) {
                return last;
            }
            long middle = next + (end - next) / 2;
            long later = schedule.next(middle);
            if (later <= end) {
                last = later;
            } else {
                last = next;
                end = middle;
            }
        }
    }

    /** Of those up to {@code nowMillis}, the first being {@code first}, the one from which on they are made up for. */
    private static long oldest(Schedule schedule, long first, long nowMillis) {
        long at = first;
        for (int count = 1; count <= MissedPolicy.MISSED_MAX; count++) {
            at = schedule.next(at);
            if (at > nowMillis) {
                return first;
            }
        }
        long due = last(schedule, at, nowMillis);
        for (int count = 1; count < MissedPolicy.MISSED_MAX; count++) {
            due = last(schedule, first, due - 1);
        }
        return due;
    }
}

package io.millrace.engine.time;

import io.millrace.base.Clock;
import java.util.concurrent.TimeUnit;

/**
 * The shard's own time, in milliseconds, for leases and delays: it goes on evenly while the process runs, whatever is
 * done to the wall clock, and never goes back. Over a restart it goes on by as much as the wall clock has; where that
 * was set back meanwhile, from the last moment that a record names. So no lease and no delay becomes longer because a
 * clock was set. It begins as the wall time and is near it, unless the clock was set. The loop's.
 */
public final class ShardTime {
    /** What the clocks may differ by, compared with what is on record, before that is put on record anew. */
    private static final long DRIFT_MILLIS_MAX = 1_000;

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Clock clock;
    private boolean isKnown;
    /** The greatest moment that a record names. */
    private long seenMillis = Long.MIN_VALUE;
    /** How far this time is ahead of the wall clock, by the last record that says so. */
    private long aheadMillis;

    private long originMillis;
    private long originNanos;

    /** One that does not go on yet; {@code clock} is the machine's. */
    public ShardTime(Clock clock) {
        this.clock = clock;
    }

    // Before the start.

    /** A record says that it was {@code millis} when the wall clock showed {@code wallMillis}. */
    public void replay(long millis, long wallMillis) {
        isKnown = true;
        aheadMillis = millis - wallMillis;
        seen(millis);
    }

    /** A record names this moment. */
    public void seen(long millis) {
        seenMillis = Math.max(seenMillis, millis);
    }

    /** Lets the time go on; there are no further records. */
    public void begin() {
        long wallMillis = clock.epochMillis();
        originMillis = Math.max(seenMillis, isKnown ? wallMillis + aheadMillis : wallMillis);
        originNanos = clock.nanoTime();
        aheadMillis = originMillis - wallMillis;
    }

    // While the shard runs.

    /** The time now. */
    public long millis() {
        return originMillis + (clock.nanoTime() - originNanos) / NANOS_PER_MILLI;
    }

    /** When something that lasts {@code nanos}, cut to whole milliseconds upwards, from now on is over for certain. */
    public long endOf(long nanos) {
        return endOf(millis(), millisOf(nanos));
    }

    /** Milliseconds that are not shorter than {@code nanos}. */
    public static long millisOf(long nanos) {
        return Math.max(0, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    }

    /** When something is over for certain that began in the millisecond {@code fromMillis} and lasts {@code millis}. */
    public static long endOf(long fromMillis, long millis) {
        long end = fromMillis + millis + 1;
        return end < 0 ? Long.MAX_VALUE : end;
    }

    /** The nanoseconds from now to this moment; 0 where it has passed. */
    public long nanosUntil(long millis) {
        long fromOriginMillis = Math.min(millis - originMillis, TimerWheel.NANOS_MAX / NANOS_PER_MILLI);
        long sinceOriginNanos = clock.nanoTime() - originNanos;
        return fromOriginMillis <= 0 ? 0 : Math.max(0, fromOriginMillis * NANOS_PER_MILLI - sinceOriginNanos);
    }

    /** Whether the wall clock was set, so that a record should tell the next process. */
    public boolean isToBeRecorded() {
        return Math.abs(millis() - clock.epochMillis() - aheadMillis) > DRIFT_MILLIS_MAX;
    }

    /** A record tells the next process how this time and the wall clock differ now. */
    public void recorded(long millis, long wallMillis) {
        aheadMillis = millis - wallMillis;
    }
}

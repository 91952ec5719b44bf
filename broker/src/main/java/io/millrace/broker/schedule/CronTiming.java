package io.millrace.broker.schedule;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * Due at the times of day that a cron expression says, in a time zone. Where clocks are set there, it does as cron
 * does:
 *
 * <ul>
 *   <li>Times of chosen hours are due once on each of their days. One that is left out is due at the moment at which
 *       clocks are set forward, together with others that are; of one that comes twice the first counts.
 *   <li>Where the hours go by the clock ({@code *} or {@code *}{@code /n}), it is due whenever the clock shows such a
 *       time: twice in an hour that comes twice, not in one that is left out.
 * </ul>
 *
 * Immutable; any thread.
 */
public final class CronTiming implements Timing {
    private static final int ZONE_CHARS_MAX = 100;

    private final CronExpression expression;
    private final ZoneId zone;
    private final ZoneRules rules;

    private CronTiming(CronExpression expression, ZoneId zone) {
        this.expression = expression;
        this.zone = zone;
        this.rules = zone.getRules();
    }

    /**
     * Reads both; an {@link IllegalArgumentException} says what is wrong.
     *
     * @param cron five fields as in Unix, or six with the second before them
     * @param timeZone a name of the time zone database, {@code UTC} or an offset
     */
    public static CronTiming of(String cron, String timeZone) {
        return new CronTiming(CronReader.read(cron), zone(timeZone));
    }

    private static ZoneId zone(String name) {
        try {
            if (name.length() <= ZONE_CHARS_MAX) {
                return ZoneId.of(name);
            }
        } catch (DateTimeException e) {
            // The same answer.
        }
        throw new IllegalArgumentException("timeZone is none that is known; one is Europe/Berlin, or UTC, or +02:00");
    }

    /** The expression, as it was said. */
    public String cron() {
        return expression.toString();
    }

    /** The time zone, as it was said. */
    public String timeZone() {
        return zone.getId();
    }

    @Override
    public long next(long afterMillis, long sinceMillis) {
        Instant after = Instant.ofEpochMilli(afterMillis).truncatedTo(ChronoUnit.SECONDS);
        return expression.isEveryHour() ? nextShown(after) : nextOfDay(after);
    }

    /** When the clock next shows a time that fits. */
    private long nextShown(Instant after) {
        Instant from = after;
        ZoneOffset offset = rules.getOffset(after);
        LocalDateTime local = LocalDateTime.ofInstant(after, offset);
        while (true) {
            LocalDateTime next = expression.next(local);
            if (next == null) {
                return NEVER;
            }
            Instant at = next.toInstant(offset);
            ZoneOffsetTransition change = rules.nextTransition(from);
            if (change == null || at.isBefore(change.getInstant())) {
                return at.toEpochMilli();
            }
            from = change.getInstant();
            offset = change.getOffsetAfter();
            local = change.getDateTimeAfter().minusSeconds(1);
        }
    }

    /** When the next time of day that fits is due, of which each is once. */
    private long nextOfDay(Instant after) {
        LocalDateTime local = LocalDateTime.ofInstant(after, rules.getOffset(after));
        ZoneOffsetTransition last = rules.previousTransition(after.plusMillis(1));
        if (last != null && last.isOverlap() && local.isBefore(last.getDateTimeBefore())) {
            // These times come for the second time.
            local = last.getDateTimeBefore().minusSeconds(1);
        }
        LocalDateTime next = expression.next(local);
        if (next == null) {
            return NEVER;
        }
        ZoneOffsetTransition change = rules.getTransition(next);
        return change != null && change.isGap()
                ? change.getInstant().toEpochMilli()
                : next.toInstant(rules.getOffset(next)).toEpochMilli(); // of two offsets, the earlier moment's
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CronTiming timing && timing.expression.equals(expression) && timing.zone.equals(zone);
    }

    @Override
    public int hashCode() {
        return 31 * expression.hashCode() + zone.hashCode();
    }

    @Override
    public String toString() {
        return expression + " (" + zone + ")";
    }
}

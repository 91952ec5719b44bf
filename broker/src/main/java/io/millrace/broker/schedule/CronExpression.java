package io.millrace.broker.schedule;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import org.jspecify.annotations.Nullable;

/**
 * A cron expression: dates and times of day, whatever the zone ({@link CronTiming}). A field is the set of its values,
 * one bit each. Immutable; any thread; equal where the text is.
 */
final class CronExpression {
    private static final int NONE = -1;
    private static final int SECONDS_OF_HOUR = 3_600;
    private static final int SECONDS_OF_MINUTE = 60;
    /** From one 29 February to the next it is eight years at most; a fitting date is not farther off. */
    private static final int YEARS_MAX = 9;

    private static final LocalDateTime LONG_AGO = LocalDateTime.of(2000, 1, 1, 0, 0);

    private final String text;
    private final Fields fields;

    /**
     * The sets of values.
     *
     * @param daysOfWeek Sunday is 0
     * @param isEitherDay whether one of the two days has to fit, not both
     * @param isEveryHour whether the hours go by the clock, hour after hour ({@code *}, or {@code *} with a step)
     */
    record Fields(
            long seconds,
            long minutes,
            long hours,
            long daysOfMonth,
            long months,
            long daysOfWeek,
            boolean isEitherDay,
            boolean isEveryHour) {}

    /** The expression {@code text} with these values; an {@link IllegalArgumentException} where it never fires. */
    CronExpression(String text, Fields fields) {
        this.text = text;
        this.fields = fields;
        if (next(LONG_AGO) == null) {
            throw new IllegalArgumentException("cron never fires: there is no such date");
        }
    }

    boolean isEveryHour() {
        return fields.isEveryHour;
    }

    /** The first date and time of day after {@code after}, a whole second, that fits; null where none does. */
    @Nullable
    LocalDateTime next(LocalDateTime after) {
        LocalDateTime from = after.plusSeconds(1);
        int second = from.toLocalTime().toSecondOfDay();
        LocalDate day = from.toLocalDate();
        LocalDate end = day.plusYears(YEARS_MAX);
        while (day.isBefore(end)) {
            if (!has(fields.months, day.getMonthValue())) {
                day = day.withDayOfMonth(1).plusMonths(1);
            } else {
                int found = isDay(day) ? timeFrom(second) : NONE;
                if (found != NONE) {
                    return day.atTime(LocalTime.ofSecondOfDay(found));
                }
                day = day.plusDays(1);
            }
            second = 0;
        }
        return null;
    }

    private boolean isDay(LocalDate day) {
        boolean ofMonth = has(fields.daysOfMonth, day.getDayOfMonth());
        boolean ofWeek = has(fields.daysOfWeek, day.getDayOfWeek().getValue() % 7);
        return fields.isEitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    /** The first second of a day from {@code second} on that fits. */
    private int timeFrom(int second) {
        int hour = nextOf(fields.hours, second / SECONDS_OF_HOUR);
        for (; hour != NONE; hour = nextOf(fields.hours, hour + 1)) {
            int ofHour = Math.max(0, second - hour * SECONDS_OF_HOUR);
            int minute = nextOf(fields.minutes, ofHour / SECONDS_OF_MINUTE);
            for (; minute != NONE; minute = nextOf(fields.minutes, minute + 1)) {
                int found = nextOf(fields.seconds, Math.max(0, ofHour - minute * SECONDS_OF_MINUTE));
                if (found != NONE) {
                    return hour * SECONDS_OF_HOUR + minute * SECONDS_OF_MINUTE + found;
                }
            }
        }
        return NONE;
    }

    private static boolean has(long values, int value) {
        return (values >>> value & 1) != 0;
    }

    private static int nextOf(long values, int from) {
        long left = values & -1L << from;
        return left == 0 ? NONE : Long.numberOfTrailingZeros(left);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CronExpression expression && expression.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
